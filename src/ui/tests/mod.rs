//! Renders whole documents as `web` does and holds them to what every page promises.

mod add_email;
mod dashboard;
mod document;
mod drive;
mod fixtures;
mod fixtures_of_grants;
mod grants;
mod letters;
mod linking;
mod login;
mod problems;
mod settings;
mod sign_up;
mod wording;
