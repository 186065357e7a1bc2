//! `latchkey doctor`: checks everything that a sign-in needs and reports to people and to pipelines. It is read-only:
//! it creates no file, runs no migration and signs in no user.
//!
//! `examine` queries the providers, the database and the mail server concurrently; the modules below turn each answer into findings, and
//! `Report` prints them. No finding holds a secret.
//!
//! # The JSON
//! One object. Members may be added; what is here stays, or `schema` counts up.
//!
//! | member | content |
//! |---|---|
//! | `schema` | `1` |
//! | `version` | the version of Latchkey |
//! | `base_url` | `BASE_URL` as an origin; `null` when the configuration is unusable |
//! | `outcome` | `ok`, `failed` (something failed), `unusable` (the configuration) |
//! | `counts` | `{"ok", "hint", "warning", "failure"}`: how many findings of each |
//! | `providers` | `[{"slug", "label", "issuer", "redirect_uri"}]` in the order of the login page |
//! | `findings` | `[{"area", "provider", "check", "verdict", "message", "next"}]` |
//!
//! `area`: `settings`, `secret_key`, `database`, `signing_keys`, `mail`, `provider`. `provider`: the slug, in that last area; otherwise `null`.
//! `check`: the name of the check, stable across versions. `verdict`: `ok`, `hint`, `warning`, `failure`. `message` and
//! `next` are sentences for people and may change. `next` is `null` where there is nothing to do; warnings and failures
//! always have one.
//!
//! # The exit status
//! 0 when nothing failed (warnings do not fail), 1 when something failed, 2 when the configuration is unusable.

mod apple;
mod database;
mod explain_link;
mod explanation;
mod finding;
mod mail;
mod provider;
mod report;
mod report_json;
mod report_text;
mod secret_key;
mod settings;
mod signing_keys;

pub use explain_link::{About, ExplainError, SimulatedSignIn, check_schema, explain_link};
pub use explanation::{Explained, Explanation};
pub use finding::{Area, Finding, Verdict};
pub use report::{Counts, Outcome, ProviderEntry, Report};

use secrecy::ExposeSecret;

use crate::{
    config::Config,
    metrics::Metrics,
    relying_party::{Clock, ProviderCheckup, RelyingParty},
    store::{DatabaseCheckup, Reach},
};
use finding::Findings;

/// Takes as long as the slowest provider, half a minute at most, or as the mail server. `has_sandbox`: whether this build contains the sandbox.
pub async fn examine(config: &Config, clock: Clock, has_sandbox: bool) -> Report {
    let now = clock.now();
    let mut report = Report::new(config.base_url.origin());
    report.add(settings::findings(config, has_sandbox));
    report.add(secret_key::findings(&config.secret_keys, now));
    let (checkup, providers, mail) = tokio::join!(
        DatabaseCheckup::of(config.database_url.expose_secret()),
        ask_providers(config, clock),
        mail::ask(config.mail.as_ref()),
    );
    let is_migrated = matches!(&checkup, Ok(checkup) if matches!(&checkup.reach, Reach::Reached { migrations: Some(migrations), .. } if migrations.are_current()));
    report.add(database::findings(checkup, config.base_url.is_loopback(), now));
    if is_migrated && let Some(keys) = signing_keys::read(config).await {
        report.add(signing_keys::findings(&keys, now));
    }
    mail.into_iter().for_each(|findings| report.add(findings));
    match providers {
        Err(findings) => report.add(findings),
        Ok(checkups) => {
            for checkup in &checkups {
                report.add_provider(checkup);
                report.add(provider::findings(checkup));
                let provider = config.providers.iter().find(|provider| provider.slug.as_str() == checkup.slug);
                let apple = provider.and_then(|provider| apple::findings(provider, &config.base_url, now));
                apple.into_iter().for_each(|findings| report.add(findings));
            }
        }
    }
    report
}

async fn ask_providers(config: &Config, clock: Clock) -> Result<Vec<ProviderCheckup>, Findings> {
    let origin = config.base_url.origin();
    match RelyingParty::new(origin, config.outbound.clone(), config.providers.clone(), clock, &Metrics::default()) {
        Ok(relying_party) => Ok(relying_party.check_up().await),
        Err(_) => {
            let mut findings = Findings::about(Area::Settings);
            findings.failure("tls", "TLS cannot be set up on this machine", "install the system's root certificates");
            Err(findings)
        }
    }
}
