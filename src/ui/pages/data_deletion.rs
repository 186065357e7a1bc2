//! `/data-deletion`: what became of a request to delete data that a provider passed on. Names nobody, and needs no sign-in: there
//! may be no account any more.

use leptos::prelude::*;

use super::drawn;
use crate::ui::{
    components::{card_page::CardPage, field::TextField, notice::NoticeBox, timestamp::Timestamp},
    markup::{IntoMarkup, Markup},
    view::{DataDeletionView, DeletionOutcome},
    wording::{Message, Tone},
};

#[component]
pub fn DataDeletionPage() -> Markup {
    drawn(draw)
}

fn draw(view: DataDeletionView) -> Markup {
    match view {
        DataDeletionView::Ask => ask(false),
        DataDeletionView::Unknown => ask(true),
        DataDeletionView::Known { provider, outcome, requested_at } => known(&provider, outcome, requested_at),
    }
}

fn ask(is_unknown: bool) -> Markup {
    view! {
        <CardPage title="Data deletion" heading="Check a deletion request" failed=is_unknown>
            <p class="lead">
                "If you asked a provider, such as Facebook, to have your data here deleted, it gave you a confirmation code."
            </p>
            {is_unknown.then(unknown)}
            <form class="form" method="get" action="/data-deletion">
                <TextField name="code" label="Confirmation code" required=true />
                <button class="button" type="submit">
                    "Show status"
                </button>
            </form>
        </CardPage>
    }
    .into_markup()
}

fn unknown() -> Markup {
    let message = Message {
        tone: Tone::Mild,
        happened: "We don't know this code.".into(),
        advice: "Check it for typing errors. We keep a request for 90 days.".into(),
        step: None,
    };
    view! { <NoticeBox message alert=true /> }.into_markup()
}

fn known(provider: &str, outcome: DeletionOutcome, requested_at: i64) -> Markup {
    let (heading, what) = match outcome {
        DeletionOutcome::AccountDeleted => (
            "Your account was deleted",
            format!(
                "{provider} was the only way to sign in to your account here. So we deleted the account, with everything that belongs to it."
            ),
        ),
        DeletionOutcome::ProviderDataDeleted => (
            "Your data was deleted",
            format!(
                "We deleted what came from {provider}: the account there, its name, picture and email address, and our access to it. The rest of your account here stays, since you also sign in another way. To delete it, sign in and go to the settings."
            ),
        ),
        DeletionOutcome::NothingHeld => (
            "We have no data from there",
            format!(
                "No account here belonged to that {provider} account when the request came. There was nothing to delete."
            ),
        ),
        DeletionOutcome::Withheld => (
            "Your account was disabled before",
            format!(
                "The people who run this site disabled your account here, and keep it to enforce that. We ended our access to your {provider} account. If you don't agree, write to them with your confirmation code."
            ),
        ),
    };
    view! {
        <CardPage title="Data deletion" heading>
            <div class="prose">
                <p>{what}</p>
                <p class="fine-print">"Requested on " <Timestamp unix=requested_at /></p>
            </div>
            <p class="turns">
                <a href="/">"Go to the home page"</a>
            </p>
        </CardPage>
    }
    .into_markup()
}
