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

/// Every page with a route. Each is rendered in one piece (`SsrMode::Async`), so that status and cookies are known before
/// the first byte is sent.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Router>
            <Routes fallback=|| view! { <RoutedErrorPage error=ErrorPage::NotFound /> }>
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

/// The document of a page with islands. Reads [`Assets`] and the nonce from the context.
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

/// The document of an error page: no islands, no script, no context, so that it renders when everything else is broken.
pub fn error_document(error: ErrorPage, assets: &Assets) -> impl IntoView + use<> {
    let css = assets.css.clone();
    let title = wording::title(&wording::error_page(error).happened);
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <HeadBasics css />
                <meta name="robots" content="noindex" />
                <title>{title}</title>
            </head>
            <body>
                <ErrorPageBody error />
            </body>
        </html>
    }
}

/// Sends the browser on to a provider, without script. The refresh is immediate, so that the page leaves no history entry.
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

/// Without script, as every error page.
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

pub fn error_page_html(error: ErrorPage, assets: &Assets) -> String {
    Owner::new().with(|| error_document(error, assets).to_html())
}

/// No islands, no script; the same for everyone.
pub fn api_docs_html(docs: ApiDocsView, assets: &Assets) -> String {
    let css = assets.css.clone();
    let document = move || {
        view! {
            <!DOCTYPE html>
            <html lang="en">
                <head>
                    <HeadBasics css />
                    <title>{wording::title("API reference")}</title>
                </head>
                <body>
                    <ApiDocsPage docs />
                </body>
            </html>
        }
    };
    Owner::new().with(|| document().to_html())
}

/// For search engines and link previews.
const DESCRIPTION: &str = "Sign in to Latchkey with an account you already have, or with your email and password.";

/// The start of every head.
#[component]
fn HeadBasics(css: String) -> impl IntoView {
    view! {
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="description" content=DESCRIPTION />
        <meta name="color-scheme" content="light dark" />
        <meta name="theme-color" content="#f5f9f8" {..custom_attribute("media", "(prefers-color-scheme: light)")} />
        <meta name="theme-color" content="#0d1211" {..custom_attribute("media", "(prefers-color-scheme: dark)")} />
        <link rel="stylesheet" href=css />
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        <link rel="apple-touch-icon" href="/apple-touch-icon.png" />
    }
}
