//! "Attack it": the sandbox misbehaves once, as an attacker would make a provider or a browser behave, and a sign-in runs into it.
//! In development, with the sandbox as the provider; a release binary contains no sandbox.

use std::{fmt, future::Future, pin::Pin, sync::Arc};

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};

use super::access::Viewer;
use crate::{
    inspect::Check,
    ui::view::AttackView,
    web::{query::Query, redirect::see_other},
};

/// What the sandbox is made to do once.
pub struct Attack {
    /// The name of the sandbox's preset.
    preset: &'static str,
    title: &'static str,
    story: &'static str,
    /// The check that has to stop it.
    stopped_by: Check,
}

const fn attack(preset: &'static str, title: &'static str, story: &'static str, stopped_by: Check) -> Attack {
    Attack { preset, title, story, stopped_by }
}

const ATTACKS: [Attack; 13] = [
    attack(
        "response_wrong_state",
        "Change the state",
        "The response comes with a state of the attacker's own flow.",
        Check::FlowCookie,
    ),
    attack("response_missing_state", "Drop the state", "The response comes without any state.", Check::State),
    attack(
        "response_wrong_iss",
        "Mix up two providers",
        "The response says that another provider issued it.",
        Check::ResponseIssuer,
    ),
    attack(
        "response_wrong_code",
        "Inject a code",
        "The response carries a code that was not issued for this flow.",
        Check::TokenResponse,
    ),
    attack("wrong_nonce", "Swap the nonce", "The id_token was issued for another sign-in.", Check::Nonce),
    attack("wrong_aud", "Swap the audience", "The id_token was issued to another application.", Check::Audience),
    attack("wrong_iss", "Swap the issuer", "The id_token says that another provider issued it.", Check::Issuer),
    attack("bad_signature", "Change the token", "The id_token was changed after it was signed.", Check::Signature),
    attack("alg_none", "Remove the signature", "The id_token says that it needs no signature.", Check::Shape),
    attack(
        "hs256_public_key",
        "Sign with the public key",
        "The id_token takes the provider's public key for a shared secret.",
        Check::Header,
    ),
    attack("expired", "Use an old token", "The id_token leaked earlier, and has expired.", Check::Expiry),
    attack(
        "wrong_at_hash",
        "Swap the access token",
        "The access token beside the id_token is someone else's.",
        Check::AccessTokenHash,
    ),
    attack(
        "token_500",
        "Kill the provider",
        "The token endpoint fails in the middle of the sign-in.",
        Check::TokenResponse,
    ),
];

/// Makes the sandbox misbehave once, towards Ada, by the name of a preset.
#[derive(Clone)]
pub struct Arm(Arc<ArmFn>);

type ArmFn = dyn Fn(&'static str) -> Pin<Box<dyn Future<Output = Result<(), String>> + Send>> + Send + Sync;

impl Arm {
    pub fn new<F>(arm: impl Fn(&'static str) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), String>> + Send + 'static,
    {
        Self(Arc::new(move |preset| Box::pin(arm(preset))))
    }
}

impl fmt::Debug for Arm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Arm")
    }
}

/// For the list; none where there is no sandbox.
pub(super) fn attacks(viewer: &Viewer) -> Vec<AttackView> {
    if viewer.app.arm.get().is_none() || !viewer.is_developer() {
        return Vec::new();
    }
    let view = |attack: &Attack| AttackView {
        preset: attack.preset,
        title: attack.title,
        story: attack.story,
        stopped_by: attack.stopped_by.label(),
        without: attack.stopped_by.without(),
    };
    ATTACKS.iter().map(view).collect()
}

/// POST `/inspect/attack` with `attack`: arms it, and begins a sign-in that runs into it.
pub async fn begin(viewer: Viewer, form: String) -> Response {
    let form = Query::parse(Some(&form));
    let attack = form.one("attack").and_then(|preset| ATTACKS.iter().find(|attack| attack.preset == preset));
    let (Some(attack), Some(arm), true) = (attack, viewer.app.arm.get(), viewer.is_developer()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match (arm.0)(attack.preset).await {
        Ok(()) => see_other("/auth/google?prompt=select_account"),
        Err(error) => {
            tracing::error!(%error, "the sandbox does not misbehave");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}
