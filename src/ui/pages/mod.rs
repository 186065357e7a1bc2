//! One file per page. A page reads its view model from the context and renders it.

use leptos::prelude::*;

use crate::codes::page_error::PageError;
use crate::ui::markup::{IntoMarkup, Markup};

pub mod add_email;
pub mod admin;
pub mod api_docs;
pub mod calendar;
pub mod check_inbox;
pub mod confirm;
pub mod confirm_email;
pub mod dashboard;
pub mod data_deletion;
pub mod drive;
pub mod error;
pub mod forgot;
pub mod inspect;
pub mod invitation;
pub mod link_prompt;
pub mod login;
pub mod not_me;
pub mod onward;
pub mod recovery;
pub mod reset_password;
pub mod second_factor;
pub mod settings;
pub mod sign_in_code;
pub mod sign_up;
pub mod undo;
pub mod unsent;
pub mod verify_email;
pub mod wrong_account;

/// Renders the view model of the context. Without one, the page is a server error, never empty.
fn drawn<V, D>(draw: impl FnOnce(V) -> D) -> Markup
where
    V: Send + Sync + 'static,
    D: IntoView + 'static,
{
    match take_context::<V>() {
        Some(view) => draw(view).into_markup(),
        None => view! { <error::ErrorPage error=PageError::ServerError /> }.into_markup(),
    }
}
