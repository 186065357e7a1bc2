//! The fixed parts of a message: its lanes, its title, what it means, and where it comes from.

use super::{
    of_parts::{source_of_beginning, source_of_part, words_of_beginning, words_of_request, words_of_response},
    of_tables::{source_of_table, words_of_table},
};
use crate::inspect::{
    flow::FlowKind,
    source::{
        Reference::{Discovery, OpenIdConnect, Rfc},
        Source,
    },
    step::{Change, DocumentKind, DocumentSource, Party, Step, TokenKind},
    value::{Audience, Class, Value},
};

pub(super) struct Facts {
    pub from: Party,
    pub to: Party,
    pub title: String,
    pub words: &'static str,
    pub source: Source,
}

pub(super) fn facts(step: &Step) -> Facts {
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
        Step::Began { kind, provider } => {
            let (title, here) = (format!("{} begins", kind.label()), provider.class() == Class::Absent);
            facts(Latchkey, Latchkey, title, words_of_beginning(*kind, here), source_of_beginning(*kind, here))
        }
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
            let source =
                results.first().map_or(Source::ours("src/inspect/check/list.rs"), |first| first.check.source());
            let title = match results.as_slice() {
                [only] => format!("Check: {}", only.check.label()),
                many => format!("{} checks", many.len()),
            };
            facts(Latchkey, Latchkey, title, "The first check that refuses ends the flow.", source)
        }
        Step::Token { kind, .. } => {
            let (title, source) = match kind {
                TokenKind::IdToken => {
                    ("The id_token, taken apart", Source::of("src/oidc/id_token/mod.rs", OpenIdConnect("2")))
                }
                TokenKind::Message => {
                    ("The message, taken apart", Source::of("src/oidc/security_event/mod.rs", Rfc(8417, "2.2")))
                }
            };
            let words =
                "Header and claims as the provider wrote them. Nothing of it is believed yet: the checks come next.";
            facts(Latchkey, Latchkey, title.to_owned(), words, source)
        }
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
        Step::Waited { what, .. } => facts(
            Latchkey,
            Latchkey,
            format!("Waits for {what}"),
            "Many requests that need the same answer cause one request to the provider, and all get its result.",
            Source::ours("src/grants/single_flight.rs"),
        ),
        Step::Done { of, what, .. } => {
            let source = match of {
                FlowKind::GrantRefresh => Source::ours("src/grants/single_flight.rs"),
                _ => Source::ours("src/store/users/provider_events.rs"),
            };
            facts(Latchkey, Latchkey, (*what).to_owned(), "", source)
        }
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
