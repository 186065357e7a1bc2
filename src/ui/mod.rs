//! The user interface. See the tour in `lib.rs`.
//!
//! `page` lists the pages. `web` fills their view models (`view`) and renders a `document`, or a `plain_document` without
//! script; the `pages` draw them on the server, as plain links and forms; the `islands` hydrate in the browser and add
//! comfort, never function.

pub mod boot;
pub mod components;
pub mod document;
pub mod islands;
pub mod links;
pub mod markup;
pub mod page;
pub mod pages;
pub mod passkeys;
pub mod plain_document;
pub mod template;
pub mod timestamp;
pub mod valid_html;
pub mod view;
pub mod wording;

#[cfg(test)]
mod tests;
