//! Documents without islands or context: they render even where everything else is broken.

use leptos::{attr::custom::custom_attribute, prelude::*};

use super::{
    document::{HeadBasics, account_style},
    markup::{IntoMarkup, Markup},
    pages::{
        api_docs::ApiDocsPage,
        error::ErrorPageBody,
        inspect::{
            ComparePage, InspectPage, RecordingOfferPage, SourcePage, TourPage, WalkthroughFile, WalkthroughPage,
        },
        onward::OnwardPage,
        wrong_account::WrongAccountPage,
    },
    valid_html::valid_html,
    view::{
        ApiDocsView, Assets, CompareView, InspectView, OnwardView, SourceFileView, TourView, WalkthroughView,
        WrongAccountView,
    },
    wording,
};
use crate::codes::page_error::PageError;

/// `head` is what its page adds to the head.
fn plain_document(
    assets: &Assets,
    title: &str,
    head: impl FnOnce() -> Markup,
    body: impl FnOnce() -> Markup,
) -> String {
    let rendered = Owner::new().with(|| {
        view! {
            <!DOCTYPE html>
            <html lang="en">
                <head>
                    <HeadBasics css=assets.css.clone() />
                    {head()}
                    <title>{wording::title(title)}</title>
                </head>
                <body>{body()}</body>
            </html>
        }
        .to_html()
    });
    valid_html(&rendered)
}

/// `request_id` is what a user can tell the administrator, who finds the log by it.
pub fn error_page_html(error: PageError, request_id: Option<String>, assets: &Assets) -> String {
    let happened = wording::error_page(error).happened;
    plain_document(assets, &happened, noindex, || view! { <ErrorPageBody error request_id /> }.into_markup())
}

/// Without script, as every error page.
pub fn wrong_account_html(view: WrongAccountView, assets: &Assets) -> String {
    let page = || view! { <WrongAccountPage view /> }.into_markup();
    plain_document(assets, "Error: Nothing was changed", noindex, page)
}

/// Sends the browser on to a provider. The refresh is immediate, so that the page leaves no history entry.
pub fn onward_html(view: OnwardView, assets: &Assets) -> String {
    let refresh = format!("0; url={}", view.url);
    let head = || {
        let refresh = view! { <meta content={refresh} {..custom_attribute("http-equiv", "refresh")} /> };
        (noindex(), refresh).into_markup()
    };
    plain_document(assets, "Continue to your provider", head, || view! { <OnwardPage view /> }.into_markup())
}

/// Stands for the nonce in a document that is rendered before its request.
pub const NONCE_SLOT: &str = "nonce-of-the-response";

/// The same for everyone, but for the nonce of its script.
pub fn api_docs_html(docs: ApiDocsView, assets: &Assets) -> String {
    let script = || {
        view! {
            {account_style(assets)}
            <script type="module" nonce=NONCE_SLOT>
                {include_str!("api_docs.js")}
            </script>
        }
        .into_markup()
    };
    plain_document(assets, "API reference", script, || view! { <ApiDocsPage docs /> }.into_markup())
}

/// Where [`WALKTHROUGH_STYLE`] is served.
pub const INSPECT_STYLE: &str = "/inspect/style.css";
/// The style of recorded flows, beside that of every page.
pub const WALKTHROUGH_STYLE: &str = include_str!("../../style/inspect.css");

fn inspect_document(assets: &Assets, title: &str, body: impl FnOnce() -> Markup) -> String {
    let head = || (for_developers(assets), view! { <link rel="stylesheet" href=INSPECT_STYLE /> }).into_markup();
    plain_document(assets, title, head, body)
}

/// The list of recorded flows. The title is ours: nothing of a flow is in it.
pub fn inspect_html(view: InspectView, assets: &Assets) -> String {
    inspect_document(assets, "Recorded flows", || view! { <InspectPage view /> }.into_markup())
}

pub fn walkthrough_html(view: WalkthroughView, assets: &Assets) -> String {
    inspect_document(assets, "Walkthrough", || view! { <WalkthroughPage view /> }.into_markup())
}

pub fn tour_html(view: TourView, assets: &Assets) -> String {
    inspect_document(assets, "Guided tour", || view! { <TourPage view /> }.into_markup())
}

pub fn compare_html(view: CompareView, assets: &Assets) -> String {
    inspect_document(assets, "Two flows side by side", || view! { <ComparePage view /> }.into_markup())
}

/// Asks a visitor before their flows are recorded. `action` is where the answer goes.
pub fn recording_offer_html(action: String, assets: &Assets) -> String {
    let page = || view! { <RecordingOfferPage action /> }.into_markup();
    plain_document(assets, "Record your next sign-in?", noindex, page)
}

pub fn source_html(view: SourceFileView, assets: &Assets) -> String {
    inspect_document(assets, view.file, || view! { <SourcePage view /> }.into_markup())
}

/// The walkthrough as a file of its own, with its style and without script.
pub fn walkthrough_file(view: WalkthroughView) -> String {
    const STYLE: [&str; 5] = [
        include_str!("../../style/tokens.css"),
        include_str!("../../style/base.css"),
        include_str!("../../style/badge.css"),
        include_str!("../../style/notice.css"),
        WALKTHROUGH_STYLE,
    ];
    let style = format!("{}\n.site-main {{ margin: auto; padding: 1rem; }}", STYLE.concat());
    let rendered = Owner::new().with(|| {
        view! {
            <!DOCTYPE html>
            <html lang="en">
                <head>
                    <meta charset="utf-8" />
                    <meta name="viewport" content="width=device-width, initial-scale=1" />
                    <meta name="color-scheme" content="light dark" />
                    <style inner_html=style></style>
                    <title>{wording::title("Walkthrough")}</title>
                </head>
                <body>
                    <WalkthroughFile view />
                </body>
            </html>
        }
        .to_html()
    });
    valid_html(&rendered)
}

fn for_developers(assets: &Assets) -> Markup {
    (account_style(assets), noindex()).into_markup()
}

fn noindex() -> Markup {
    view! { <meta name="robots" content="noindex" /> }.into_markup()
}
