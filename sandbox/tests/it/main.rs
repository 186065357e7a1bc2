//! The sandbox over HTTP: its providers behave correctly, and misbehave as configured.

mod apple;
mod calendar;
mod client;
mod control;
mod discord;
mod drive;
mod facebook;
mod faults;
mod front_ends;
mod github;
mod gitlab;
mod id_tokens;
mod linkedin;
mod mail;
mod microsoft;
mod oidc;
mod prompt;
mod sign_in;
mod start;
mod tokens;
mod x;
