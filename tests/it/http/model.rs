//! LK24: Ada and Eve use the forms in random order, both with Ada's email. After each step, nothing that Eve has opens
//! what Ada has verified, and Ada is never signed in to an account of Eve's.

use std::{collections::HashSet, sync::Mutex};

use latchkey::{
    accounts::{EmailKind, EmailMessage, EmailToken, LinkKind},
    passwords::{PasswordPool, Verdict},
};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use serde_json::json;

use super::{
    account::{NEW_PASSWORD, PASSWORD, WRONG_PASSWORD, token_in},
    app::App,
    browser::Browser,
};

/// Google is the authority for this mailbox; the other provider only claims it.
const ADA: &str = "ada@gmail.com";
const ADAS_OTHER: &str = "ada@lovelace.example";
const EVE: &str = "mallory@evil.example";
/// The only password that Eve uses.
const EVES: &str = WRONG_PASSWORD;

/// One action of a user.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// Signs up with Ada's email, or their own.
    SignUp {
        with_adas: bool,
    },
    /// Tries their own password for Ada's email, or their own.
    SignIn {
        with_adas: bool,
    },
    /// Signs in with their own Google account.
    Google,
    /// Signs in with the provider that accepts any claim: Eve as Ada, verified; Ada as herself.
    Other,
    LinkGoogle,
    LinkOther,
    /// Unlinks the oldest identity.
    Unlink,
    /// Sets their own password.
    SetPassword,
    /// Changes the email: to Ada's, or to another of their own.
    ChangeEmail {
        to_adas: bool,
    },
    /// Requests a password reset.
    Forget {
        with_adas: bool,
    },
    /// At the link prompt.
    ResolveByPassword,
    ResolveByGoogle,
    ResolveByOther,
    Confirm,
    /// Re-authenticates by password.
    Prove,
    /// Opens the newest email of their own mailbox and confirms; Ada never an undo link.
    Follow,
    /// The same with any email of their own mailbox.
    FollowAny(u8),
    SignOut,
    /// Eleven minutes pass.
    Wait,
}

/// Whether Eve acts, and how.
type Deed = (bool, Step);

const ADA_DOES: bool = false;
const EVE_DOES: bool = true;

/// Sequences that attacks consist of: random steps alone rarely form them.
const MOVES: [&[Deed]; 12] = [
    &[(EVE_DOES, Step::SignUp { with_adas: true })],
    &[(EVE_DOES, Step::SignUp { with_adas: true }), (ADA_DOES, Step::Follow)],
    &[(EVE_DOES, Step::SignUp { with_adas: false }), (EVE_DOES, Step::Follow)],
    &[(EVE_DOES, Step::Other), (EVE_DOES, Step::SetPassword)],
    &[(EVE_DOES, Step::ChangeEmail { to_adas: true }), (ADA_DOES, Step::Follow)],
    &[(EVE_DOES, Step::ChangeEmail { to_adas: false }), (EVE_DOES, Step::Follow)],
    &[(ADA_DOES, Step::SignUp { with_adas: true }), (ADA_DOES, Step::Follow)],
    &[(ADA_DOES, Step::Forget { with_adas: true }), (ADA_DOES, Step::Follow)],
    &[(ADA_DOES, Step::Google)],
    &[(ADA_DOES, Step::Google), (ADA_DOES, Step::ResolveByPassword)],
    &[(EVE_DOES, Step::Other), (EVE_DOES, Step::ResolveByPassword), (EVE_DOES, Step::ResolveByOther)],
    &[(ADA_DOES, Step::ChangeEmail { to_adas: false }), (ADA_DOES, Step::Follow)],
];

fn steps() -> impl Strategy<Value = Vec<Deed>> {
    let step = prop_oneof![
        Just(Step::SignUp { with_adas: true }),
        Just(Step::SignIn { with_adas: true }),
        Just(Step::SignIn { with_adas: false }),
        Just(Step::Google),
        Just(Step::Other),
        Just(Step::LinkGoogle),
        Just(Step::LinkOther),
        Just(Step::Unlink),
        Just(Step::SetPassword),
        any::<bool>().prop_map(|to_adas| Step::ChangeEmail { to_adas }),
        any::<bool>().prop_map(|with_adas| Step::Forget { with_adas }),
        Just(Step::ResolveByPassword),
        Just(Step::ResolveByGoogle),
        Just(Step::ResolveByOther),
        Just(Step::Confirm),
        Just(Step::Prove),
        Just(Step::Follow),
        any::<u8>().prop_map(Step::FollowAny),
        Just(Step::SignOut),
        Just(Step::Wait),
    ];
    let deed = prop_oneof![
        1 => (any::<bool>(), step).prop_map(|deed| vec![deed]),
        2 => (0..MOVES.len()).prop_map(|number| MOVES[number].to_vec()),
    ];
    prop::collection::vec(deed, 3..14).prop_map(|deeds| deeds.concat())
}

/// Ada or Eve, with their own browser and mailbox.
struct Person {
    is_eve: bool,
    browser: Browser,
    mailbox: Vec<EmailMessage>,
    /// Every session cookie that they ever had.
    sessions: HashSet<String>,
}

impl Person {
    fn new(app: &App, is_eve: bool) -> Self {
        Self { is_eve, browser: app.browser(), mailbox: Vec::new(), sessions: HashSet::new() }
    }

    fn password(&self) -> &'static str {
        if self.is_eve { EVES } else { PASSWORD }
    }

    /// At both providers.
    fn name(&self) -> &'static str {
        if self.is_eve { "mallory" } else { "ada" }
    }

    fn address(&self, adas: bool) -> &'static str {
        if adas || !self.is_eve { ADA } else { EVE }
    }
}

struct World {
    app: App,
    people: [Person; 2],
    /// Hashes that do not match Eve's password.
    compared: Mutex<HashSet<String>>,
    pool: PasswordPool,
}

impl World {
    async fn new() -> Self {
        let app = App::builder().other_provider().start().await;
        app.control_other("persons/mallory", json!({ "email": ADA, "email_verified": true })).await;
        let people = [Person::new(&app, false), Person::new(&app, true)];
        Self { app, people, compared: Mutex::default(), pool: PasswordPool::new(false) }
    }

    async fn take(&mut self, eve: bool, step: Step) {
        let app = &self.app;
        let person = &self.people[usize::from(eve)];
        let (browser, password, name) = (&person.browser, person.password(), person.name());
        match step {
            Step::SignUp { with_adas } => {
                browser.request_sign_up(person.address(with_adas), password).await;
            }
            Step::SignIn { with_adas } => {
                browser.try_password(person.address(with_adas), password).await;
            }
            Step::Google => {
                app.sign_in_with_provider(browser, "google", name).await;
            }
            Step::Other => {
                app.sign_in_with_provider(browser, "other", name).await;
            }
            Step::LinkGoogle => self.link(eve, "google").await,
            Step::LinkOther => self.link(eve, "other").await,
            Step::Unlink => {
                if let Some(user) = app.user_of(browser).await {
                    let oldest =
                        format!("SELECT COALESCE((SELECT min(id) FROM identities WHERE user_id = '{user}'), '')");
                    let identity = app.database.text(&oldest).await;
                    browser.submit("/settings/unlink", &[("identity", &identity)]).await;
                }
            }
            Step::SetPassword => {
                browser.submit("/settings/password", &[("password", password)]).await;
            }
            Step::ChangeEmail { to_adas } => {
                let own = if eve { EVE } else { ADAS_OTHER };
                browser.submit("/settings/email", &[("email", if to_adas { ADA } else { own })]).await;
            }
            Step::Forget { with_adas } => {
                browser.request_reset(person.address(with_adas)).await;
            }
            Step::ResolveByPassword => {
                browser.submit("/auth/link/password", &[("password", password)]).await;
            }
            Step::ResolveByGoogle => self.round_trip(eve, "/auth/link/provider", "google").await,
            Step::ResolveByOther => self.round_trip(eve, "/auth/link/provider", "other").await,
            Step::Confirm => {
                browser.submit("/auth/link/confirm", &[]).await;
            }
            Step::Prove => {
                browser.submit("/auth/reauthenticate/password", &[("password", password)]).await;
            }
            Step::Follow => {
                let newest = person.mailbox.iter().rev().find(|message| eve || !takes_back(message));
                if let Some(token) = newest.and_then(token_in) {
                    self.follow(eve, &token).await;
                }
            }
            Step::FollowAny(number) => {
                let count = person.mailbox.len();
                if count > 0
                    && let Some(token) = token_in(&person.mailbox[usize::from(number) % count])
                {
                    self.follow(eve, &token).await;
                }
            }
            Step::SignOut => {
                browser.post("/auth/logout", "").await;
            }
            Step::Wait => app.advance(11 * 60).await,
        }
        self.read_mail().await;
        for person in &mut self.people {
            person.sessions.extend(person.browser.session());
        }
    }

    async fn link(&self, eve: bool, slug: &str) {
        self.round_trip(eve, "/settings/link", slug).await;
    }

    async fn round_trip(&self, eve: bool, path: &str, slug: &str) {
        let person = &self.people[usize::from(eve)];
        let start = person.browser.submit(path, &[("provider", slug)]).await;
        if start.location().contains("code_challenge=") {
            let callback = person.browser.consent(start.location(), person.name(), "allow").await;
            person.browser.get(&callback).await;
        }
    }

    /// As an unsuspecting user: enters their own password where one is asked for, and sets it where it is wrong.
    async fn follow(&self, eve: bool, token: &EmailToken) {
        let person = &self.people[usize::from(eve)];
        let (browser, fields) = (&person.browser, [("password", person.password())]);
        match browser.open_email_link(token).await.location() {
            "/verify-email" => {
                let page = browser.submit("/auth/email/verify", &fields).await;
                if page.location() == "/verify-email?error=wrong_password" {
                    browser.submit("/auth/password/reset", &fields).await;
                }
            }
            "/reset-password" => {
                browser.submit("/auth/password/reset", &fields).await;
            }
            "/confirm-email" => {
                browser.submit("/auth/email/change/confirm", &[]).await;
            }
            "/undo" => {
                browser.submit("/auth/undo", &[]).await;
                browser.submit("/auth/password/reset", &fields).await;
            }
            elsewhere => panic!("{elsewhere}"),
        }
    }

    /// Moves each email to the mailbox of its owner.
    async fn read_mail(&mut self) {
        for message in self.app.emails().await {
            let eve = match message.to.as_str() {
                ADA | ADAS_OTHER => false,
                EVE => true,
                other => panic!("a letter to {other}"),
            };
            self.people[usize::from(eve)].mailbox.push(message);
        }
    }

    /// The invariants after each step.
    async fn check(&mut self) -> Result<(), TestCaseError> {
        let reauthenticated = format!(
            "SELECT COALESCE((SELECT string_agg(id, ' ') FROM users WHERE verified_email IN ('{ADA}', '{ADAS_OTHER}') \
             AND verified_email_method <> 'provider_claim'), '')"
        );
        let adas: Vec<String> =
            self.app.database.text(&reauthenticated).await.split_whitespace().map(str::to_owned).collect();
        let [ada, eve] = &self.people;
        for cookie in &eve.sessions {
            let user = self.app.user_of_session(cookie).await;
            prop_assert!(!user.is_some_and(|user| adas.contains(&user)), "Eve is signed in to what Ada proved");
        }
        for user in &adas {
            let subjects = self.eves_identities(user).await;
            prop_assert_eq!(subjects, 0, "an identity of Eve's opens what Ada proved");
            prop_assert!(!self.opens(user, EVES).await, "Eve's password opens what Ada proved");
        }
        for message in &self.people[1].mailbox {
            let Some(token) = token_in(message) else { continue };
            let link = self.app.store.email_link(&token, self.app.now()).await.expect("an answer");
            let user = link.filter(|link| link.kind != LinkKind::SignUp).and_then(|link| link.user);
            let is_adas = user.is_some_and(|user| adas.contains(&user.to_string()));
            prop_assert!(!is_adas, "a letter to Eve opens what Ada proved: {message:?}");
        }
        if let Some(user) = self.app.user_of(&ada.browser).await {
            prop_assert_eq!(self.eves_identities(&user).await, 0, "Ada is in a user that Eve's identity opens");
            let eves = format!("SELECT count(*) FROM users WHERE id = '{user}' AND verified_email = '{EVE}'");
            prop_assert_eq!(self.app.database.number(&eves).await, 0, "Ada is in Eve's user");
        }
        Ok(())
    }

    async fn eves_identities(&self, user: &str) -> i64 {
        // Google's identity with her own email, and the other provider's with Ada's.
        let sql = format!(
            "SELECT count(*) FROM identities WHERE user_id = '{user}' AND (email = '{EVE}' OR name = 'Mallory Guest')"
        );
        self.app.database.number(&sql).await
    }

    /// Whether a password is a user's. Each hash is compared once.
    async fn opens(&self, user: &str, password: &str) -> bool {
        let user = latchkey::accounts::UserId::parse(user).expect("an id");
        let Some((hash, _)) = self.app.store.password_of(user).await.expect("an answer") else { return false };
        if self.compared.lock().expect("a set").contains(hash.as_str()) {
            return false;
        }
        let verdict = self.pool.verify(&password.into(), Some(&hash), None).await.expect("a verdict");
        let right = matches!(verdict, Verdict::Right { .. });
        if !right {
            self.compared.lock().expect("a set").insert(hash.as_str().to_owned());
        }
        right
    }
}

fn takes_back(message: &EmailMessage) -> bool {
    matches!(
        message.kind,
        EmailKind::MethodAdded { .. } | EmailKind::PasswordChanged { .. } | EmailKind::EmailChanged { .. }
    )
}

async fn walk(steps: &[Deed]) -> Result<(), TestCaseError> {
    let mut world = World::new().await;
    for (eve, step) in steps {
        world.take(*eve, *step).await;
        world.check().await?;
    }
    Ok(())
}

/// `LATCHKEY_WALKS` sets the number of walks.
#[test]
fn nothing_of_eves_opens_what_ada_verified() {
    let walks = std::env::var("LATCHKEY_WALKS").ok().and_then(|walks| walks.parse().ok()).unwrap_or(32);
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let config = Config { cases: walks, failure_persistence: None, max_shrink_iters: 60, ..Config::default() };
    TestRunner::new(config)
        .run(&steps(), |steps| runtime.block_on(walk(&steps)))
        .unwrap_or_else(|failure| panic!("{failure}"));
}

/// Walks that random steps rarely form.
const WALKS: [&[Deed]; 3] = [
    // Eve links accounts before Ada verifies her email, and Ada recovers.
    &[
        (EVE_DOES, Step::Other),
        (EVE_DOES, Step::SetPassword),
        (EVE_DOES, Step::LinkGoogle),
        (ADA_DOES, Step::Forget { with_adas: true }),
        (ADA_DOES, Step::Follow),
        (EVE_DOES, Step::Other),
        (EVE_DOES, Step::ResolveByOther),
    ],
    // An email of Eve's sign-up is in Ada's mailbox, and Ada gets an account of her own meanwhile.
    &[
        (EVE_DOES, Step::SignUp { with_adas: true }),
        (ADA_DOES, Step::Google),
        (ADA_DOES, Step::Follow),
        (ADA_DOES, Step::ChangeEmail { to_adas: false }),
        (ADA_DOES, Step::Follow),
        (ADA_DOES, Step::FollowAny(0)),
        (EVE_DOES, Step::SignIn { with_adas: true }),
    ],
    // Eve delays the confirmation of a changed email.
    &[
        (EVE_DOES, Step::Other),
        (EVE_DOES, Step::SetPassword),
        (EVE_DOES, Step::ChangeEmail { to_adas: false }),
        (ADA_DOES, Step::Forget { with_adas: true }),
        (ADA_DOES, Step::Follow),
        (EVE_DOES, Step::Follow),
        (EVE_DOES, Step::SignIn { with_adas: true }),
    ],
];

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_eves_opens_what_ada_verified_in_rare_walks() {
    for walked in WALKS {
        let outcome = walk(walked).await;
        assert!(outcome.is_ok(), "{outcome:?} {walked:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_model_detects_violations() {
    let mut world = World::new().await;
    world.take(false, Step::SignUp { with_adas: true }).await;
    world.take(false, Step::Follow).await;
    assert!(world.check().await.is_ok());
    let user = world.app.owner_of(ADA).await.expect("Ada's user");
    // Each of these violates an invariant.
    let hers = world.app.browser();
    hers.sign_in_with_password(ADA, PASSWORD).await;
    world.people[1].sessions.extend(hers.session());
    assert!(world.check().await.is_err(), "a session");
    world.people[1].sessions.clear();
    assert!(world.check().await.is_ok());
    world.take(true, Step::Google).await;
    world.take(true, Step::SignOut).await;
    assert!(world.check().await.is_ok());
    world.app.database.execute(&format!("UPDATE identities SET user_id = '{user}'")).await;
    assert!(world.check().await.is_err(), "an identity");
    world.app.database.execute("DELETE FROM identities").await;
    assert!(world.check().await.is_ok());
    hers.submit("/settings/password", &[("password", EVES)]).await;
    assert!(world.check().await.is_err(), "a password");
    hers.submit("/settings/password", &[("password", NEW_PASSWORD)]).await;
    assert!(world.check().await.is_ok());
    world.app.browser().request_reset(ADA).await;
    world.read_mail().await;
    let message = world.people[0].mailbox.pop().expect("a letter");
    world.people[1].mailbox.push(message);
    assert!(world.check().await.is_err(), "a letter");
}
