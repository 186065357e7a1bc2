//! A form acts only on the account that its page was rendered for.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use latchkey::{
    account::FORMS,
    ui::{page::Page as PageWithUrl, view::FORM_OWNER},
};
use rstest::rstest;
use url::form_urlencoded::Serializer;

use super::{
    account::{NEW_PASSWORD, PASSWORD, token_of},
    app::App,
    browser::{Browser, Page},
};
use crate::support::database::Engine;

const ADA: &str = "ada@gmail.com";
const GRACE: &str = "grace@navy.example";
const LATER: i64 = 10 * 60;
/// More pages than exist: a crawl that reaches this runs in circles.
const MOST_PAGES: usize = 200;

/// A form as on its page.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Form {
    action: String,
    fields: Vec<(String, String)>,
}

impl Form {
    /// The form with values that a user would enter.
    fn filled_in(&self) -> String {
        let typed = |name: &str| match name {
            "email" => Some("new@example.com"),
            "word" => Some("delete"),
            "name" => Some("Countess"),
            "password" if self.action == "/settings/password" => Some(NEW_PASSWORD),
            "password" => Some(PASSWORD),
            _ => None,
        };
        let fields = self.fields.iter().map(|(name, value)| (name.as_str(), typed(name).unwrap_or(value)));
        Serializer::new(String::new()).extend_pairs(fields).finish()
    }

    fn with_owner(&self, owner: Option<&str>) -> Self {
        let others = self.fields.iter().filter(|(name, _)| name != FORM_OWNER).cloned();
        let owner = owner.map(|owner| (FORM_OWNER.to_owned(), owner.to_owned()));
        Self { action: self.action.clone(), fields: others.chain(owner).collect() }
    }

    /// Destructive forms come last, so that earlier ones still have something to act on.
    fn rank(&self) -> usize {
        let last =
            ["/grants/disconnect", "/settings/unlink", "/settings/sessions/end", "/settings/sessions/end-others"];
        let last = last.into_iter().chain(["/settings/delete"]);
        last.into_iter().position(|action| action == self.action).map_or(0, |place| place + 1)
    }
}

/// The forms that change something, except for the sign-out.
fn forms_of(page: &Page) -> Vec<Form> {
    let attribute = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
        rest.split_once('"').map(|(value, _)| value.replace("&amp;", "&"))
    };
    let mut forms = Vec::new();
    for piece in page.body.split("<form").skip(1) {
        let (form, _) = piece.split_once("</form>").expect("an end of the form");
        let (tag, within) = form.split_once('>').expect("an end of the tag");
        if attribute(tag, "method").as_deref() != Some("post") {
            continue;
        }
        let inputs = within.split("<input").skip(1).filter_map(|rest| rest.split_once('>')).map(|(tag, _)| tag);
        let field = |tag| Some((attribute(tag, "name")?, attribute(tag, "value").unwrap_or_default()));
        let action = attribute(tag, "action").expect("an action");
        forms.push(Form { action, fields: inputs.filter_map(field).collect() });
    }
    forms.retain(|form| form.action != "/auth/logout");
    forms
}

/// Every form on every page that links lead to.
async fn forms_of_all_pages(browser: &Browser) -> Vec<Form> {
    let mut open: VecDeque<String> = PageWithUrl::ALL.iter().map(|page| page.path().to_owned()).collect();
    let (mut seen, mut forms) = (BTreeSet::new(), BTreeMap::new());
    while let Some(address) = open.pop_front() {
        let address = address.split('#').next().unwrap_or_default().to_owned();
        let is_page =
            address.starts_with('/') && !["/auth/", "/pkg/", "/api/"].iter().any(|it| address.starts_with(it));
        // One list of files links to any number of similar ones.
        let is_another_list = address.starts_with("/drive?");
        if !is_page || is_another_list || !seen.insert(address.clone()) {
            continue;
        }
        assert!(seen.len() < MOST_PAGES, "{seen:?}");
        let page = browser.get(&address).await;
        if page.status == 303 {
            open.push_back(page.location().to_owned());
        } else if page.header("content-type").starts_with("text/html") {
            open.extend(page.links());
            for form in forms_of(&page) {
                forms.insert(form.with_owner(None), form);
            }
        }
    }
    let mut forms: Vec<Form> = forms.into_values().collect();
    forms.sort_by_key(Form::rank);
    forms
}

/// Everything that the forms could change.
async fn state(app: &App) -> (String, Vec<(&'static str, i64)>) {
    let sessions =
        "SELECT COALESCE(string_agg(user_id || reauthenticated_at, ' ' ORDER BY user_id, id), '') FROM sessions";
    let grants = "SELECT COALESCE(string_agg(identity_id || COALESCE(access_token, '-'), ' ' ORDER BY identity_id), '') FROM grants";
    let methods = app.methods().await + &app.database.text(sessions).await + &app.database.text(grants).await;
    (methods, app.all_rows().await)
}

/// Each form of Ada's pages does nothing when Grace sends it, and works when Ada does. Returns the paths.
async fn only_the_owner_may_submit(app: &App, ada: &Browser, grace: &Browser) -> BTreeSet<String> {
    // Forms for signed-out users are not bound to an account.
    let for_anyone = forms_of_all_pages(&app.browser()).await;
    let mut forms = forms_of_all_pages(ada).await;
    forms.retain(|form| for_anyone.iter().all(|other| other.action != form.action));
    for form in &forms {
        let before = state(app).await;
        let owner = form.fields.iter().find(|(name, _)| name == FORM_OWNER);
        let (_, owner) = owner.unwrap_or_else(|| panic!("whose is {form:?}?"));
        let answer = grace.post_unchanged(&form.action, &form.filled_in()).await;
        assert_eq!((answer.status, answer.location()), (409, ""), "{form:?}");
        assert!(
            answer.shows(ADA) && answer.shows(GRACE) && answer.shows("Nothing was changed"),
            "{form:?}: {}",
            answer.body
        );
        assert_eq!(answer.header("cache-control"), "no-store, no-transform");
        assert!(!answer.body.contains("<script"), "{}", answer.body);
        // A form without an owner, or with a forged one, is rejected without naming the owner.
        for forged in [None, Some(""), Some(&owner[1..]), Some(&owner[..owner.len() - 2])] {
            let form = form.with_owner(forged);
            for browser in [grace, ada] {
                let answer = browser.post_unchanged(&form.action, &form.filled_in()).await;
                assert_eq!((answer.status, answer.location()), (409, ""), "{form:?}");
                assert!(answer.shows("Nothing was changed") && answer.shows("out of date"), "{}", answer.body);
                assert_eq!(answer.shows(ADA), std::ptr::eq(browser, ada), "{}", answer.body);
            }
        }
        assert_eq!(state(app).await, before, "{form:?}");
    }
    // An action that two pages offer is done once; the second time there is nothing left to do.
    let mut submitted = BTreeSet::new();
    let about = |form: &Form| {
        let fields = form.fields.iter().filter(|(name, _)| name != FORM_OWNER && name != "return_to").cloned();
        (form.action.clone(), fields.collect::<Vec<_>>())
    };
    // Needs a code that only the user's phone shows: `second_factor` has its twin.
    let works = |form: &&Form| form.action != "/settings/authenticator";
    for form in forms.iter().filter(works).filter(|form| submitted.insert(about(form))) {
        let done = ada.post_unchanged(&form.action, &form.filled_in()).await;
        let failed = done.location().contains("error=") || done.location().starts_with("/confirm");
        assert!(matches!(done.status, 200 | 303) && !done.location().is_empty() && !failed, "{form:?}: {done:?}");
    }
    forms.into_iter().map(|form| form.action).collect()
}

/// Ada with a password, two Google accounts of which one is connected, and another browser.
async fn ada(app: &App) -> Browser {
    let browser = app.with_drive("ada").await;
    assert_eq!(
        browser.submit("/settings/password", &[("password", PASSWORD)]).await.location(),
        "/settings/security?done=password_set"
    );
    assert_eq!(app.link_provider(&browser, "google", "plain").await.location(), "/settings/security?done=linked");
    app.browser().sign_in_with_password(ADA, PASSWORD).await;
    browser
}

async fn grace(app: &App) -> Browser {
    let browser = app.browser();
    browser.sign_in("grace").await;
    browser
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn every_form_is_bound_to_the_account_it_was_rendered_for(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::builder().engine(engine).mode(mode).start().await;
    let (ada, grace) = (ada(&app).await, grace(&app).await);
    // Before re-authentication.
    app.advance(LATER).await;
    let mut seen = only_the_owner_may_submit(&app, &ada, &grace).await;
    assert!(
        seen.contains("/auth/reauthenticate/password") && seen.contains("/auth/reauthenticate/provider"),
        "{seen:?}"
    );
    ada.submit("/auth/reauthenticate/password", &[("password", PASSWORD)]).await;
    // During a change of email.
    app.emails().await;
    ada.submit("/settings/email", &[("email", "ada@example.com")]).await;
    let token = token_of(&app.one_email().await);
    assert_eq!(ada.open_email_link(&token).await.location(), "/confirm-email");
    let page = ada.get("/confirm-email").await;
    let [confirm] = &forms_of(&page)[..] else { panic!("{page:?}") };
    assert_eq!(grace.post_unchanged(&confirm.action, &confirm.filled_in()).await.status, 409);
    assert_eq!(app.owner_of("ada@example.com").await, None);
    seen.insert(confirm.action.clone());
    // After re-authentication, up to the deletion of the account.
    ada.delete_cookie("letter");
    seen.extend(only_the_owner_may_submit(&app, &ada, &grace).await);
    assert_eq!((app.owner_of(ADA).await, app.rows().await.0), (None, 1));

    // The remaining forms are for signed-out users, or on pages that other tests open.
    let anonymous = forms_of_all_pages(&app.browser()).await.into_iter().map(|form| form.action);
    let elsewhere = [
        "/auth/password/reset",
        // On the page of a browser that has just signed up.
        "/auth/password/sign-up/again",
        // On the login page of a browser that signed in with a provider.
        "/auth/forget",
        "/auth/email/verify",
        "/auth/undo",
        "/auth/not-me",
        // A second button of the password form, and the page that it leads to.
        "/auth/email-code",
        "/auth/email-code/sign-in",
        "/auth/link/password",
        "/auth/link/provider",
        "/auth/link/confirm",
        "/auth/link/cancel",
        "/auth/reauthenticate/email-code",
        "/auth/reauthenticate/email-code/check",
        "/auth/email/accept-invitation",
        "/admin/users/disable",
        "/admin/users/enable",
        "/admin/users/sign-out",
        "/admin/users/delete",
        "/admin/invite",
        "/auth/second-factor",
        "/auth/second-factor/enrol",
        "/auth/reauthenticate/code",
        "/settings/authenticator",
        "/settings/authenticator/remove",
        "/settings/authenticator/providers",
        "/settings/recovery-codes",
        "/settings/trusted-browsers/forget",
        "/settings/passkeys/rename",
        "/settings/passkeys/remove",
    ];
    seen.extend(anonymous.chain(elsewhere.map(str::to_owned)));
    let missing: Vec<_> = FORMS.iter().map(|form| form.path).filter(|path| !seen.contains(*path)).collect();
    assert!(missing.is_empty(), "on no page: {missing:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_prompt_is_confirmed_only_by_its_account() {
    let app = App::builder().other_provider().start().await;
    app.control_sandbox("persons/linus", serde_json::json!({ "email_verified": true })).await;
    app.control_other("persons/linus", serde_json::json!({ "email_verified": true })).await;
    let (owner, grace) = (app.browser(), grace(&app).await);
    app.sign_in_with_provider(&owner, "other", "linus").await;
    assert_eq!(app.sign_in_with_provider(&owner, "google", "linus").await.location(), "/link");
    let page = owner.get("/link").await;
    let form = forms_of(&page).into_iter().find(|form| form.action == "/auth/link/confirm").expect("a form");
    grace.set_cookie("link", &owner.cookie("link").expect("a prompt"));
    let before = state(&app).await;
    let answer = grace.post_unchanged(&form.action, &form.filled_in()).await;
    assert_eq!(answer.status, 409, "{answer:?}");
    assert_eq!(state(&app).await, before);
    assert_eq!(owner.post_unchanged(&form.action, &form.filled_in()).await.location(), "/dashboard");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_outlives_the_session_it_was_rendered_in() {
    for mode in ["server", "jwt"] {
        let app = App::builder().mode(mode).start().await;
        let (ada, grace) = (app.browser(), grace(&app).await);
        app.sign_up(&ada, "ada@example.com", PASSWORD).await;
        let page = ada.get("/settings").await;
        let form = forms_of(&page).into_iter().find(|form| form.action == "/settings/profile").expect("a form");
        // Another tab re-authenticates, lets tokens expire, signs out and in again.
        ada.submit("/auth/reauthenticate/password", &[("password", PASSWORD)]).await;
        app.advance(LATER).await;
        assert_eq!(
            ada.post_unchanged(&form.action, &form.filled_in()).await.location(),
            "/settings?done=profile_saved"
        );
        ada.post("/auth/logout", "").await;
        // When signed out, she signs in and is asked whether to send it.
        let answer = ada.post_unchanged(&form.action, &form.filled_in()).await;
        assert_eq!(answer.location(), "/login?return_to=%2Funsent");
        ada.sign_in_with_password("ada@example.com", PASSWORD).await;
        assert_eq!(
            ada.post_unchanged(&form.action, &form.filled_in()).await.location(),
            "/settings?done=profile_saved"
        );
        // The account is deleted: the page says only that it was another one.
        app.database.execute("DELETE FROM users WHERE verified_email = 'ada@example.com'").await;
        let answer = grace.post_unchanged(&form.action, &form.filled_in()).await;
        assert_eq!((answer.status, answer.shows("ada@example.com")), (409, false), "{}", answer.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_for_adding_an_email_name_their_owner() {
    let app = App::builder().start().await;
    let (niko, grace) = (app.browser(), grace(&app).await);
    niko.sign_in("nomail").await;
    let page = niko.get("/add-email").await;
    let [form] = &forms_of(&page)[..] else { panic!("{page:?}") };
    assert_eq!(grace.post_unchanged(&form.action, &form.filled_in()).await.status, 409);
    assert_eq!(app.emails().await, []);
    let sent = niko.post_unchanged(&form.action, &form.filled_in()).await;
    assert!(sent.location().starts_with("/check-inbox"), "{sent:?}");
}
