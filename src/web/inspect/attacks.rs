//! "Attack it": the sandbox misbehaves once, as an attacker would make a provider or a browser behave, and a sign-in runs into it;
//! or the robot plays user and attacker. In development, with the sandbox as the provider; a release binary contains no sandbox.

use axum::{
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};

use super::{
    access::Viewer,
    robot::{Robot, RobotError},
    scripts::Script,
};
use crate::{
    codes::percent::encode,
    inspect::Check,
    ui::{
        plain_document::onward_html,
        view::{Assets, AttackView, OnwardView},
    },
    web::{query::Query, redirect::see_other},
};

struct Attack {
    /// In the form. Of a misbehaviour, the name of the sandbox's preset.
    name: &'static str,
    title: &'static str,
    story: &'static str,
    /// The check that has to stop it.
    stopped_by: Check,
    /// What would happen, if that is not what its check says.
    without: Option<&'static str>,
    script: Option<Script>,
}

impl Attack {
    const fn without(self, without: &'static str) -> Self {
        Self { without: Some(without), ..self }
    }

    const fn played(self, script: Script) -> Self {
        Self { script: Some(script), ..self }
    }

    /// The record of what the robot did. For a misbehaviour a page that leads on: `form-action` would block a redirect that ends
    /// at the provider.
    async fn begin(&self, robot: &mut Robot, assets: &Assets) -> Result<Response, RobotError> {
        if let Some(script) = self.script {
            return Ok(see_other(&format!("/inspect/{}", encode(&script.play(robot).await?))));
        }
        robot.arm(self.name).await?;
        let view = OnwardView { provider: "Google".to_owned(), url: "/auth/google?prompt=select_account".to_owned() };
        Ok(Html(onward_html(view, assets)).into_response())
    }
}

const fn attack(name: &'static str, title: &'static str, story: &'static str, stopped_by: Check) -> Attack {
    Attack { name, title, story, stopped_by, without: None, script: None }
}

const ATTACKS: [Attack; 17] = [
    attack(
        "replay",
        "Replay the callback",
        "Someone who found the URL of the response, and even copied the browser's cookies, opens it again.",
        Check::FlowUnused,
    )
    .played(Script::Replay),
    attack(
        "second_tab",
        "Open a second tab",
        "Two tabs sign in at once, and the code of the second comes with the state of the first.",
        Check::TokenResponse,
    )
    .without(
        "Any code would fit any flow, and an attacker's code in a victim's tab would sign the victim in as the attacker: each flow \
         has a verifier of its own (PKCE). Left alone, the tabs do not disturb each other: each flow has its own cookie.",
    )
    .played(Script::SecondTab),
    attack(
        "old_refresh_token",
        "Resend an old refresh token",
        "A program signs in and refreshes twice. Then a thief comes with a copy of its first refresh token.",
        Check::RefreshToken,
    )
    .played(Script::OldRefreshToken),
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
    )
    .without(
        "A code that was stolen from another user's response would sign the thief in as that user. The provider exchanges it only \
         with the verifier of its own flow.",
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
    )
    .without(
        "A broken answer could pass for a success, or the code be sent again and again to a provider that is down. Here the flow \
         ends at once, and after some failures the provider is left alone for a while.",
    ),
    attack(
        "token_hang",
        "Delay the provider",
        "The token endpoint takes the code and does not answer. You wait for ten seconds.",
        Check::Answer,
    ),
];

/// For the list; none where there is no sandbox.
pub(super) fn attacks(viewer: &Viewer) -> Vec<AttackView> {
    if viewer.app.attackable.get().is_none() || !viewer.is_developer() {
        return Vec::new();
    }
    let view = |attack: &Attack| AttackView {
        name: attack.name,
        title: attack.title,
        story: attack.story,
        stopped_by: attack.stopped_by.label(),
        without: attack.without.unwrap_or_else(|| attack.stopped_by.without()),
        is_played: attack.script.is_some(),
    };
    ATTACKS.iter().map(view).collect()
}

/// POST `/inspect/attack` with `attack`: begins a sign-in that runs into it, or shows the record of what the robot did.
pub async fn begin(viewer: Viewer, form: String) -> Response {
    let form = Query::parse(Some(&form));
    let attack = form.one("attack").and_then(|name| ATTACKS.iter().find(|attack| attack.name == name));
    let (Some(attack), Some(sandbox), true) = (attack, viewer.app.attackable.get(), viewer.is_developer()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let begun = match Robot::new(&viewer.app.origin, sandbox) {
        Ok(mut robot) => attack.begin(&mut robot, &viewer.app.assets).await,
        Err(error) => Err(error),
    };
    begun.unwrap_or_else(|error| {
        tracing::error!(attack = attack.name, %error, "the attack did not come about");
        StatusCode::SERVICE_UNAVAILABLE.into_response()
    })
}
