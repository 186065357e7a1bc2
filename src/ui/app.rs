//! The application and the document around it.

use leptos::{attr::custom::custom_attribute, prelude::*};
use leptos_meta::{MetaTags, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{Route, Router, Routes},
    path,
};

use super::{
    boot::{Boot, LiveReload},
    pages::{
        add_email::AddEmailPage,
        api_docs::ApiDocsPage,
        calendar::CalendarPage,
        check_inbox::CheckInboxPage,
        confirm::ConfirmPage,
        confirm_email::ConfirmEmailPage,
        dashboard::DashboardPage,
        drive::DrivePage,
        error::{ErrorPageBody, RoutedErrorPage},
        forgot::ForgotPage,
        link_prompt::LinkPromptPage,
        login::LoginPage,
        onward::OnwardPage,
        reset_password::ResetPasswordPage,
        settings::{
            SettingsPage, change_email::ChangeEmailPage, delete::DeletePage, link::LinkPage,
            set_password::SetPasswordPage, unlink::UnlinkPage,
        },
        sign_up::SignUpPage,
        undo::UndoPage,
        verify_email::VerifyEmailPage,
        wrong_account::WrongAccountPage,
    },
    view::{ApiDocsView, Assets, ErrorPage, OnwardView, WrongAccountView},
    wording,
};

/// Every page that has a route. Each is rendered in one piece (`SsrMode::Async`), so that its status and its
/// cookies are settled before the first byte leaves.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Router>
            <Routes fallback=|| view! { <RoutedErrorPage problem=ErrorPage::NotFound /> }>
                <Route path=path!("/login") view=LoginPage ssr=SsrMode::Async />
                <Route path=path!("/signup") view=SignUpPage ssr=SsrMode::Async />
                <Route path=path!("/forgot") view=ForgotPage ssr=SsrMode::Async />
                <Route path=path!("/add-email") view=AddEmailPage ssr=SsrMode::Async />
                <Route path=path!("/check-inbox") view=CheckInboxPage ssr=SsrMode::Async />
                <Route path=path!("/verify-email") view=VerifyEmailPage ssr=SsrMode::Async />
                <Route path=path!("/reset-password") view=ResetPasswordPage ssr=SsrMode::Async />
                <Route path=path!("/confirm-email") view=ConfirmEmailPage ssr=SsrMode::Async />
                <Route path=path!("/undo") view=UndoPage ssr=SsrMode::Async />
                <Route path=path!("/link") view=LinkPromptPage ssr=SsrMode::Async />
                <Route path=path!("/confirm") view=ConfirmPage ssr=SsrMode::Async />
                <Route path=path!("/dashboard") view=DashboardPage ssr=SsrMode::Async />
                <Route path=path!("/drive") view=DrivePage ssr=SsrMode::Async />
                <Route path=path!("/calendar") view=CalendarPage ssr=SsrMode::Async />
                <Route path=path!("/settings") view=SettingsPage ssr=SsrMode::Async />
                <Route path=path!("/settings/password") view=SetPasswordPage ssr=SsrMode::Async />
                <Route path=path!("/settings/email") view=ChangeEmailPage ssr=SsrMode::Async />
                <Route path=path!("/settings/link") view=LinkPage ssr=SsrMode::Async />
                <Route path=path!("/settings/unlink") view=UnlinkPage ssr=SsrMode::Async />
                <Route path=path!("/settings/delete") view=DeletePage ssr=SsrMode::Async />
            </Routes>
        </Router>
    }
}

/// The whole document of a page with islands. Reads [`Assets`] and the nonce from the context.
pub fn shell() -> impl IntoView {
    let assets = use_context::<Assets>().unwrap_or_default();
    let reload = assets.reload.clone();
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <HeadBasics css=assets.css.clone() />
                <Boot assets />
                {reload.map(|address| view! { <LiveReload address /> })}
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// The whole document of an error page: no islands, so no script of any kind. It needs no context, so that it can
/// be drawn when everything else is broken.
pub fn problem_document(problem: ErrorPage, assets: &Assets) -> impl IntoView + use<> {
    let css = assets.css.clone();
    let title = wording::title(&wording::problem(problem).happened);
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <HeadBasics css />
                <meta name="robots" content="noindex" />
                <title>{title}</title>
            </head>
            <body>
                <ErrorPageBody problem />
            </body>
        </html>
    }
}

/// The page from which a browser goes on to a provider by itself, as text. No script: the refresh and the link work in every
/// browser. The refresh is immediate, so that the page leaves no trace in the history.
pub fn onward_html(view: OnwardView, assets: &Assets) -> String {
    let css = assets.css.clone();
    let document = move || {
        view! {
            <!DOCTYPE html>
            <html lang="en">
                <head>
                    <HeadBasics css />
                    <meta name="robots" content="noindex" />
                    <meta content=format!("0; url={}", view.url) {..custom_attribute("http-equiv", "refresh")} />
                    <title>{wording::title("Continue to your provider")}</title>
                </head>
                <body>
                    <OnwardPage view />
                </body>
            </html>
        }
    };
    Owner::new().with(|| document().to_html())
}

/// The page of a form that was drawn for another account, as text. No script, as on every error page.
pub fn wrong_account_html(view: WrongAccountView, assets: &Assets) -> String {
    let css = assets.css.clone();
    let document = move || {
        view! {
            <!DOCTYPE html>
            <html lang="en">
                <head>
                    <HeadBasics css />
                    <meta name="robots" content="noindex" />
                    <title>{wording::title("Error: Nothing was changed")}</title>
                </head>
                <body>
                    <WrongAccountPage view />
                </body>
            </html>
        }
    };
    Owner::new().with(|| document().to_html())
}

/// [`problem_document`] as text.
pub fn problem_html(problem: ErrorPage, assets: &Assets) -> String {
    Owner::new().with(|| problem_document(problem, assets).to_html())
}

/// The whole document of the page about the JSON API, as text: no islands, no script, and drawn once for everybody.
pub fn api_docs_html(docs: ApiDocsView, assets: &Assets) -> String {
    let css = assets.css.clone();
    let document = move || {
        view! {
            <!DOCTYPE html>
            <html lang="en">
                <head>
                    <HeadBasics css />
                    <title>{wording::title("The API")}</title>
                </head>
                <body>
                    <ApiDocsPage docs />
                </body>
            </html>
        }
    };
    Owner::new().with(|| document().to_html())
}

/// What every head begins with.
#[component]
fn HeadBasics(
    /// Path of the style sheet.
    css: String,
) -> impl IntoView {
    view! {
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="theme-color" content="#f6f9f8" {..custom_attribute("media", "(prefers-color-scheme: light)")} />
        <meta name="theme-color" content="#0c1211" {..custom_attribute("media", "(prefers-color-scheme: dark)")} />
        <link rel="stylesheet" href=css />
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        <link rel="apple-touch-icon" href="/apple-touch-icon.png" />
    }
}
