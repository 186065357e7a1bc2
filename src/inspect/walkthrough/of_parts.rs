//! Words and sources of a flow's beginning, and of requests to a provider by their part.

use crate::inspect::{
    flow::FlowKind,
    source::{
        Reference::{Discovery, OpenIdConnect, Rfc, WebAuthn},
        Source,
    },
};

/// `here`: no provider takes part.
pub(super) fn words_of_beginning(kind: FlowKind, here: bool) -> &'static str {
    match kind {
        FlowKind::Reauthenticate if here => {
            "The user shows again who they are, by a method of this site. What was typed is not recorded."
        }
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
        FlowKind::EmailCode => "The browser that asked for a code sends it. What was typed is not recorded.",
        FlowKind::SecondStep => {
            "The first step was right, and the account or this site asks for a second factor. What was typed is not recorded."
        }
        FlowKind::Passkey => "The authenticator signed a challenge that this server made for this browser.",
        FlowKind::EmailLink => "The link of the email put its token into a cookie; the form of its page uses it.",
        FlowKind::Api => "A front end ran the provider's flow itself, and presents the token that it got.",
        FlowKind::Refresh => "A refresh token is exchanged for the next pair. It works once.",
        FlowKind::GrantRefresh => {
            "The access token of a grant has expired, or is about to: one refresh serves all who need it."
        }
        FlowKind::SignOut => "The session ends here. The provider's own session stays: only the provider can end it.",
        FlowKind::ProviderEvent => {
            "A provider's server reports what happened to an account there. Nobody is signed in by it: what makes it genuine is \
             its signature, or a MAC."
        }
    }
}

/// `here`: no provider takes part.
pub(super) fn source_of_beginning(kind: FlowKind, here: bool) -> Source {
    match kind {
        FlowKind::Reauthenticate if here => Source::ours("src/account/reauthenticate.rs"),
        FlowKind::SignIn
        | FlowKind::Link
        | FlowKind::Grant
        | FlowKind::Reauthenticate
        | FlowKind::ResolveLink
        | FlowKind::Unknown => Source::of("src/relying_party/begin.rs", Rfc(9700, "2.1")),
        FlowKind::Password => Source::ours("src/account/sign_in_with_password.rs"),
        FlowKind::EmailCode => Source::ours("src/account/sign_in_with_email_code.rs"),
        FlowKind::SecondStep => Source::ours("src/account/second_factor/finish.rs"),
        FlowKind::Passkey => Source::of("src/account/passkeys/finish.rs", WebAuthn("sctn-verifying-assertion")),
        FlowKind::EmailLink => Source::ours("src/account/email_link.rs"),
        FlowKind::Api => Source::ours("src/account/sign_in_with_token.rs"),
        FlowKind::Refresh => Source::of("src/tokens/issuer.rs", Rfc(9700, "4.14.2")),
        FlowKind::GrantRefresh => Source::of("src/grants/renew.rs", Rfc(6749, "6")),
        FlowKind::SignOut => Source::ours("src/sessions/sign_out.rs"),
        FlowKind::ProviderEvent => Source::of("src/web/provider_events.rs", Rfc(8935, "2")),
    }
}

pub(super) fn words_of_request(part: &str) -> &'static str {
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

pub(super) fn words_of_response(part: &str) -> &'static str {
    match part {
        "documents" => "Endpoints and keys. The issuer in it must be the one that was asked.",
        "tokens" => "The tokens stay on this server: the browser gets none of them.",
        "userinfo" => "Counts only if its subject is that of the id_token.",
        _ => "The parts that are not public are shown as their length.",
    }
}

pub(super) fn source_of_part(part: &str) -> Source {
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
