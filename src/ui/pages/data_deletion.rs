//! `/data-deletion`: what became of a request to delete data that a provider passed on. Names nobody, and needs no sign-in: there
//! may be no account any more.

use leptos::prelude::*;

use super::drawn;
use crate::ui::{
    components::{card_page::CardPage, field::TextField, timestamp::Timestamp},
    view::{DataDeletionView, DeletionOutcome},
};

#[component]
pub fn DataDeletionPage() -> impl IntoView {
    drawn(draw)
}

fn draw(view: DataDeletionView) -> AnyView {
    match view {
        DataDeletionView::Ask => ask(None),
        DataDeletionView::Unknown => ask(Some(
            "We don't know this code. It may be mistyped, or the request is more than 90 days old: we don't keep it longer.",
        )),
        DataDeletionView::Known { provider, outcome, requested_at } => known(&provider, outcome, requested_at),
    }
}

fn ask(problem: Option<&'static str>) -> AnyView {
    view! {
        <CardPage title="Data deletion" heading="What became of your request?" failed=problem.is_some()>
            <div class="prose">
                {problem.map(|problem| view! { <p role="alert">{problem}</p> })}
                <p>
                    "If you asked a provider, such as Facebook, to have your data here deleted, it gave you a confirmation code."
                </p>
            </div>
            <form class="form" method="get" action="/data-deletion">
                <TextField name="code" label="Confirmation code" required=true />
                <button class="button" type="submit">
                    "Show"
                </button>
            </form>
        </CardPage>
    }
    .into_any()
}

fn known(provider: &str, outcome: DeletionOutcome, requested_at: i64) -> AnyView {
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
                <p class="fine-print">"Requested on " <Timestamp unix=requested_at /> "."</p>
            </div>
            <p class="turns">
                <a href="/">"Go to the home page"</a>
            </p>
        </CardPage>
    }
    .into_any()
}
