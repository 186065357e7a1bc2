//! A flow as messages between lanes, for any renderer.

use super::{
    check::CheckResult,
    flow::{Flow, FlowKind, Outcome, Visit},
    parameters::explain,
    source::{
        Reference::{Discovery, OpenIdConnect, Rfc, WebAuthn},
        Source,
    },
    step::{Change, Cookie, DocumentKind, DocumentSource, Party, Step},
    tour::station_of,
    value::{Audience, Class, Parameter, Value},
};

/// The whole flow.
#[derive(Clone, Debug)]
pub struct Walkthrough {
    pub id: String,
    /// As "Sign-in with google".
    pub title: String,
    pub outcome: Outcome,
    /// The browser goes to a provider: a sign-in, link, step-up or re-authentication.
    pub is_with_provider: bool,
    /// The check that ended it.
    pub failed: Option<CheckResult>,
    /// Why it ended, and what the operator has to do.
    pub refused: Option<(Value, Option<Value>)>,
    /// Unix time in milliseconds.
    pub started_at: i64,
    pub sections: Vec<Section>,
}

/// One request of the browser.
#[derive(Clone, Debug)]
pub struct Section {
    /// As "GET /auth/google".
    pub title: String,
    pub request_id: String,
    /// Milliseconds since the section before ended: the user was elsewhere.
    pub pause: Option<u64>,
    /// In milliseconds.
    pub took: u64,
    pub messages: Vec<Message>,
    /// Steps that did not fit.
    pub dropped: usize,
}

/// One message between two lanes, or something that happens in one.
#[derive(Clone, Debug)]
pub struct Message {
    pub from: Party,
    pub to: Party,
    pub title: String,
    /// In plain words; may be empty.
    pub words: &'static str,
    /// Each with what it is for.
    pub parameters: Vec<(Parameter, &'static str)>,
    pub checks: Vec<CheckResult>,
    /// Sentences, such as the reasons of a decision.
    pub lines: Vec<String>,
    pub cookies: Vec<Cookie>,
    pub source: Source,
    /// Milliseconds since the section began.
    pub at: u64,
    /// The step of the tour that it belongs to, as an index.
    pub(super) station: usize,
}

impl Walkthrough {
    pub fn of(flow: &Flow) -> Self {
        let (kind, provider) = flow.kind();
        let title = title_of(kind, provider);
        let mut before: Option<&Visit> = None;
        let sections = flow.visits.iter().map(|visit| {
            let pause = before.map(|before| {
                let ended = before.started_at.saturating_add(i64::try_from(before.took()).unwrap_or(i64::MAX));
                u64::try_from(visit.started_at.saturating_sub(ended)).unwrap_or(0)
            });
            before = Some(visit);
            section(visit, pause)
        });
        Self {
            id: flow.id.clone(),
            title,
            outcome: flow.outcome(),
            is_with_provider: flow.steps().any(|step| matches!(step, Step::AuthorizationRequest { .. })),
            failed: flow.failed_check().cloned(),
            refused: flow.steps().rev().find_map(|step| match step {
                Step::Refused { because, next_step } => Some((because.clone(), next_step.clone())),
                _ => None,
            }),
            started_at: flow.started_at(),
            sections: sections.collect(),
        }
    }

    /// What to do about a refusal: the operator's next step, or that of the check.
    pub fn advice(&self, audience: Audience) -> Option<String> {
        let next_step = self.refused.as_ref().and_then(|(_, next_step)| next_step.as_ref());
        let of_check = || self.failed.as_ref().map(|failed| failed.check.advice().to_owned());
        next_step.map(|next_step| next_step.text(audience)).or_else(of_check)
    }
}

/// As "Sign-in with google".
pub(super) fn title_of(kind: FlowKind, provider: Option<&Value>) -> String {
    match provider.filter(|provider| provider.class() != Class::Absent) {
        Some(provider) => format!("{} with {}", kind.label(), provider.text(Audience::Everyone)),
        None => kind.label().to_owned(),
    }
}

fn section(visit: &Visit, pause: Option<u64>) -> Section {
    Section {
        title: format!("{} {}", visit.method, visit.path),
        request_id: visit.request_id.clone(),
        pause,
        took: visit.took(),
        messages: visit.steps.iter().map(|(at, step)| message(*at, step)).collect(),
        dropped: visit.dropped,
    }
}

/// The fixed parts of a message.
struct Facts {
    from: Party,
    to: Party,
    title: String,
    words: &'static str,
    source: Source,
}

fn message(at: u64, step: &Step) -> Message {
    let Facts { from, to, title, words, source } = facts(step);
    let mut message = Message {
        from,
        to,
        title,
        words,
        parameters: Vec::new(),
        checks: Vec::new(),
        lines: Vec::new(),
        cookies: Vec::new(),
        source,
        at,
        station: station_of(step),
    };
    fill(&mut message, step);
    message
}

/// What the step carries.
fn fill(message: &mut Message, step: &Step) {
    let mut add = |parameters: &[Parameter]| {
        let explained = parameters.iter().map(|parameter| (parameter.clone(), explain(&parameter.name)));
        message.parameters.extend(explained);
    };
    match step {
        Step::Requested { parameters, .. }
        | Step::AuthorizationRequest { parameters, .. }
        | Step::ProviderRequest { parameters, .. }
        | Step::ProviderResponse { parameters, .. }
        | Step::Profile { parameters }
        | Step::Row { parameters, .. }
        | Step::Session { parameters, .. } => add(parameters),
        Step::IdToken { header, claims } => {
            add(header);
            add(claims);
        }
        Step::Checked(results) => message.checks.clone_from(results),
        Step::Decided { reasons, .. } => message.lines = reasons.iter().map(|reason| (*reason).to_owned()).collect(),
        Step::Refused { because, next_step } => {
            let values = [Some(because), next_step.as_ref()].into_iter().flatten();
            message.lines = values.map(|value| value.text(Audience::Everyone)).collect();
        }
        Step::Answered { cookies, .. } => message.cookies.clone_from(cookies),
        Step::Began { .. } | Step::Document { .. } | Step::Waited { .. } => {}
    }
}

fn facts(step: &Step) -> Facts {
    use Party::{Browser, Database, Latchkey, Provider};
    let shown = |value: &Value| value.text(Audience::Everyone);
    let facts = |from, to, title: String, words, source| Facts { from, to, title, words, source };
    match step {
        Step::Requested { method, path, .. } => facts(
            Browser,
            Latchkey,
            format!("{method} {}", shown(path)),
            "The browser asks. Of its cookies nothing is recorded.",
            Source::ours("src/web/router.rs"),
        ),
        Step::Began { kind, .. } => facts(
            Latchkey,
            Latchkey,
            format!("{} begins", kind.label()),
            words_of_beginning(*kind),
            source_of_beginning(*kind),
        ),
        Step::AuthorizationRequest { endpoint, .. } => facts(
            Latchkey,
            Provider,
            format!("Authorization request to {}", shown(endpoint)),
            "A URL, to which the browser is sent. Everybody who sees the address bar can read it: so there is no secret in it \
             that would help without this browser's cookie. The provider asks the user, and sends the browser back.",
            Source::of("src/oauth/authorization_request.rs", Rfc(6749, "4.1.1")),
        ),
        Step::Document { kind, source } => of_document(*kind, *source),
        Step::ProviderRequest { part, method, url, .. } => {
            facts(Latchkey, Provider, format!("{method} {}", shown(url)), words_of_request(part), source_of_part(part))
        }
        Step::ProviderResponse { part, status, .. } => facts(
            Provider,
            Latchkey,
            format!("Status {}", shown(status)),
            words_of_response(part),
            source_of_part(part),
        ),
        Step::Checked(results) => {
            let source = results.first().map_or(Source::ours("src/inspect/check.rs"), |first| first.check.source());
            let title = match results.as_slice() {
                [only] => format!("Check: {}", only.check.label()),
                many => format!("{} checks", many.len()),
            };
            facts(Latchkey, Latchkey, title, "The first check that refuses ends the flow.", source)
        }
        Step::IdToken { .. } => facts(
            Latchkey,
            Latchkey,
            "The id_token, taken apart".to_owned(),
            "Header and claims as the provider wrote them. Nothing of it is believed yet: the checks come next.",
            Source::of("src/oidc/id_token/mod.rs", OpenIdConnect("2")),
        ),
        Step::Profile { .. } => facts(
            Latchkey,
            Latchkey,
            "The profile".to_owned(),
            "The provider's claims in one form for all providers. Issuer and subject identify the user; email, name and picture \
             are what the provider says.",
            Source::ours("src/providers/profile.rs"),
        ),
        Step::Decided { outcome, .. } => facts(
            Latchkey,
            Latchkey,
            format!("Linking decision: {}", outcome.replace('_', " ")),
            "Which user is this? A pure function decides, from what the provider says and what the database knows, in the \
             transaction that then writes. Its reasons are kept in the audit trail:",
            Source::ours("src/accounts/decide.rs"),
        ),
        Step::Row { table, change, .. } => {
            let (from, to, verb) = match change {
                Change::Inserted => (Latchkey, Database, "Row added to"),
                Change::Updated => (Latchkey, Database, "Row changed in"),
                Change::Deleted => (Latchkey, Database, "Row deleted from"),
                Change::Read => (Database, Latchkey, "Row read from"),
            };
            facts(from, to, format!("{verb} {table}"), words_of_table(table), source_of_table(table))
        }
        Step::Session { what, .. } => facts(
            Latchkey,
            Latchkey,
            (*what).to_owned(),
            "A browser gets a random secret in a cookie, and the database its hash: who reads the database cannot sign in. A \
             sign-in always makes a new one, so that nobody can plant theirs before (session fixation).",
            Source::ours("src/sessions/signed_in.rs"),
        ),
        Step::Waited { what } => facts(
            Latchkey,
            Latchkey,
            format!("Waits for {what}"),
            "Many requests that need the same answer cause one request to the provider, and all get its result.",
            Source::ours("src/grants/single_flight.rs"),
        ),
        Step::Refused { .. } => facts(
            Latchkey,
            Latchkey,
            "The flow ends here".to_owned(),
            "Nothing more is sent to the provider, and nobody is signed in. The log and the audit trail have the cause:",
            Source::ours("src/sessions/authorization_callback.rs"),
        ),
        Step::Answered { status, location, .. } => {
            let onward = location.as_ref().map(|location| format!(", on to {}", shown(location))).unwrap_or_default();
            facts(
                Latchkey,
                Browser,
                format!("Answer: status {}{onward}", shown(status)),
                "Always 303, so that no form is sent twice, and always to a URL that was made here. Of cookies, names and \
                 attributes are recorded.",
                Source::of("src/web/redirect.rs", Rfc(9700, "4.12")),
            )
        }
    }
}

fn of_document(kind: DocumentKind, source: DocumentSource) -> Facts {
    let (name, of, path) = match kind {
        DocumentKind::Discovery => ("discovery document", Discovery("4.2"), "src/oidc/discovery/mod.rs"),
        DocumentKind::Keys => ("keys", OpenIdConnect("3.1.3.7"), "src/oidc/jwks/mod.rs"),
    };
    let (title, words) = match source {
        DocumentSource::Constants => (
            format!("The provider's {name}: known"),
            "This provider publishes no such document; its endpoints are constants of its page in src/providers.",
        ),
        DocumentSource::Cache => (
            format!("The provider's {name}: from the cache"),
            "Fetched earlier and still fresh: nothing is sent. An hour for the discovery document, ten minutes for keys.",
        ),
        DocumentSource::Fetch => {
            (format!("The provider's {name}: fetched now"), "There is none in the cache, or it is no longer fresh.")
        }
        DocumentSource::AnotherRequest => (
            format!("The provider's {name}: another request is fetching them"),
            "One fetch serves all who need it: this request waits for the other's.",
        ),
    };
    Facts { from: Party::Latchkey, to: Party::Latchkey, title, words, source: Source::of(path, of) }
}

fn words_of_beginning(kind: FlowKind) -> &'static str {
    match kind {
        FlowKind::SignIn
        | FlowKind::Link
        | FlowKind::Grant
        | FlowKind::Reauthenticate
        | FlowKind::ResolveLink
        | FlowKind::Unknown => {
            "Three random values are made: state for this browser, nonce for the id_token, and the verifier for the code. With \
             the purpose they wait in an encrypted cookie of this browser; the server keeps nothing."
        }
        FlowKind::Password => "The password is compared with its hash. What was typed is not recorded.",
        FlowKind::Passkey => "The authenticator signed a challenge that this server made for this browser.",
        FlowKind::EmailLink => "The link of the email put its token into a cookie; the form of its page uses it.",
        FlowKind::Api => "A front end ran the provider's flow itself, and presents the token that it got.",
        FlowKind::Refresh => "A refresh token is exchanged for the next pair. It works once.",
        FlowKind::GrantRefresh => {
            "The access token of a grant has expired, or is about to: one refresh serves all who need it."
        }
        FlowKind::SignOut => "The session ends here. The provider's own session stays: only the provider can end it.",
    }
}

fn source_of_beginning(kind: FlowKind) -> Source {
    match kind {
        FlowKind::SignIn
        | FlowKind::Link
        | FlowKind::Grant
        | FlowKind::Reauthenticate
        | FlowKind::ResolveLink
        | FlowKind::Unknown => Source::of("src/relying_party/begin.rs", Rfc(9700, "2.1")),
        FlowKind::Password => Source::ours("src/account/sign_in_with_password.rs"),
        FlowKind::Passkey => Source::of("src/account/passkeys/finish.rs", WebAuthn("sctn-verifying-assertion")),
        FlowKind::EmailLink => Source::ours("src/account/email_link.rs"),
        FlowKind::Api => Source::ours("src/account/sign_in_with_token.rs"),
        FlowKind::Refresh => Source::of("src/tokens/issuer.rs", Rfc(9700, "4.14.2")),
        FlowKind::GrantRefresh => Source::of("src/grants/renew.rs", Rfc(6749, "6")),
        FlowKind::SignOut => Source::ours("src/sessions/sign_out.rs"),
    }
}

fn words_of_request(part: &str) -> &'static str {
    match part {
        "documents" => "A public document: no credential goes with it.",
        "tokens" => {
            "From server to server, so the client can show its secret. The code is sent once, with the verifier that only this \
             server has."
        }
        "userinfo" => "What the id_token left out: asked for with the access token, in a header that logs leave out.",
        "api" => "This provider has no id_tokens: its API says who the user is.",
        "refresh" => "The refresh token gets a new access token, without the user.",
        "revocation" => "The access ends at the provider too, not only here.",
        "token_check" => {
            "To which client was this access token issued? Otherwise any application's token would sign in here."
        }
        _ => "A request with the access token that was granted, in a header that logs leave out.",
    }
}

fn words_of_response(part: &str) -> &'static str {
    match part {
        "documents" => "Endpoints and keys. The issuer in it must be the one that was asked.",
        "tokens" => "The tokens stay on this server: the browser gets none of them.",
        "userinfo" => "Counts only if its subject is that of the id_token.",
        _ => "The parts that are not public are shown as their length.",
    }
}

fn source_of_part(part: &str) -> Source {
    match part {
        "documents" => Source::of("src/relying_party/provider_client.rs", Discovery("4.2")),
        "tokens" => Source::of("src/oauth/token_request.rs", Rfc(6749, "4.1.3")),
        "userinfo" => Source::of("src/oidc/userinfo/mod.rs", OpenIdConnect("5.3.2")),
        "refresh" => Source::of("src/relying_party/refresh.rs", Rfc(6749, "6")),
        "revocation" => Source::of("src/oauth/revocation.rs", Rfc(7009, "2.1")),
        "token_check" => Source::ours("src/providers/token_check.rs"),
        _ => Source::of("src/relying_party/resource.rs", Rfc(6750, "2.1")),
    }
}

fn words_of_table(table: &str) -> &'static str {
    match table {
        "used_flows" => "By the hash of the state. From here on the response cannot be used a second time.",
        "users" => "A person. Found by identities, never by an email address alone.",
        "identities" => "Issuer and subject at the provider, and the user that they belong to.",
        "sessions" => "One browser that is signed in, by the hash of its secret.",
        "events" => "The audit trail: what was decided, and why.",
        "grants" => "The tokens for the provider's API, encrypted, with the scopes that were granted.",
        "refresh_tokens" => "The hash of a refresh token that works once.",
        "outbox" => "An email that will be delivered by a background loop.",
        _ => "",
    }
}

fn source_of_table(table: &str) -> Source {
    Source::ours(match table {
        "used_flows" => "src/store/sessions/used_flows.rs",
        "users" => "src/store/users/queries.rs",
        "identities" => "src/store/users/identities.rs",
        "sessions" => "src/store/sessions/queries.rs",
        "events" => "src/store/audit/events.rs",
        "grants" => "src/store/grants/rows.rs",
        "refresh_tokens" => "src/store/sessions/refresh_tokens.rs",
        _ => "src/store/outbox.rs",
    })
}
