//! Renders whole documents as `web` does, and checks them.

mod add_email;
mod dashboard;
mod document;
mod drive;
mod email_links;
mod error_pages;
mod fixtures;
mod fixtures_of_grants;
mod grants;
mod linking;
mod login;
mod second_factor;
mod settings;
mod sign_in_code;
mod sign_up;
mod wording;
