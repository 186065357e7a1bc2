//! Group D for external id_tokens, and threats PA2, PA3 and PA10.

use latchkey::oidc::IdTokenErrorKind;
use latchkey::oidc::NonceRule;
use latchkey::relying_party::{ExternalTokenError, Presented, single_use};
use latchkey_sandbox::{APPLE_CLIENT_ID, GOOGLE_CLIENT_ID, GOOGLE_SPA_CLIENT_ID};
use serde_json::json;

use super::setup::{Setup, nonce, with_id_tokens, without_id_tokens};

/// The sandbox's id_token presets that are valid here. There is no access token, so `at_hash` is not checked.
const LAWFUL: [&str; 16] = [
    "array_aud",
    "multi_aud",
    "just_expired",
    "missing_kid",
    "missing_at_hash",
    "wrong_at_hash",
    "email_verified_string_true",
    "email_verified_string_false",
    "email_verified_number",
    "email_verified_false",
    "email_verified_missing",
    "email_missing",
    "email_malformed",
    "email_array",
    "hostile_name",
    "huge_name",
];
/// Those that only the keys can distinguish from a valid one.
const BY_THE_SIGNATURE: [&str; 4] = ["bad_signature", "unpublished_key", "unknown_kid", "traversal_kid"];

fn sign_in_error(outcome: Result<latchkey::providers::Profile, ExternalTokenError>) -> IdTokenErrorKind {
    match outcome {
        Err(ExternalTokenError::IdToken(error)) => error.kind(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn every_forged_id_token_is_rejected_with_few_key_fetches() {
    let setup = Setup::open().await;
    setup.requested_endpoints().await;
    for preset in setup.presets("id_token").await.iter().filter(|preset| !LAWFUL.contains(&preset.as_str())) {
        setup.arm_once(preset).await;
        let token = setup.id_token("ada", GOOGLE_CLIENT_ID).await;
        let outcome = setup.by_id_token("google", &token).await;
        assert!(matches!(outcome, Err(ExternalTokenError::IdToken(_))), "{preset}: {outcome:?}");
        let asked = setup.requested_endpoints().await;
        assert!(
            asked.iter().all(|endpoint| ["discovery", "certs"].contains(&endpoint.as_str())),
            "{preset}: {asked:?}"
        );
        assert!(asked.is_empty() || BY_THE_SIGNATURE.contains(&preset.as_str()), "{preset}: {asked:?}");
    }
    let honest = setup.id_token("ada", GOOGLE_CLIENT_ID).await;
    assert_eq!(setup.by_id_token("google", &honest).await.unwrap().name.as_deref(), Some("Ada Lovelace"));
}

#[tokio::test]
async fn every_unusual_but_valid_id_token_is_accepted() {
    let setup = Setup::open().await;
    for preset in LAWFUL {
        setup.arm_once(preset).await;
        let token = setup.id_token("ada", GOOGLE_CLIENT_ID).await;
        let profile = setup.by_id_token("google", &token).await.unwrap();
        let verified = profile.email.is_some_and(|email| email.verified_by_provider);
        let unproven = preset.starts_with("email_verified") || ["email_missing", "email_array"].contains(&preset);
        assert_eq!(verified, !unproven, "{preset}");
    }
}

#[tokio::test]
async fn a_listed_clients_id_token_is_accepted_only_where_listed() {
    let setup = Setup::open().await;
    let of_the_page = setup.id_token("ada", GOOGLE_SPA_CLIENT_ID).await;
    let of_ours = setup.id_token("ada", GOOGLE_CLIENT_ID).await;
    let one = setup.by_id_token("google", &of_the_page).await.unwrap();
    assert_eq!(one, setup.by_id_token("google", &of_ours).await.unwrap());
    let of_another = setup.id_token("ada", "another-client").await;
    assert_eq!(sign_in_error(setup.by_id_token("google", &of_another).await), IdTokenErrorKind::WrongAudience);

    let alone = Setup::open_with(&[("GOOGLE_API_CLIENT_IDS", "")]).await;
    let of_the_page = alone.id_token("ada", GOOGLE_SPA_CLIENT_ID).await;
    assert_eq!(sign_in_error(alone.by_id_token("google", &of_the_page).await), IdTokenErrorKind::WrongAudience);
    let of_ours = alone.id_token("ada", GOOGLE_CLIENT_ID).await;
    assert!(alone.by_id_token("google", &of_ours).await.is_ok());
}

#[tokio::test]
async fn two_own_audiences_are_accepted_but_no_foreign_azp() {
    let setup = Setup::open().await;
    let bent = async |claims: serde_json::Value| {
        setup.control("google/id_token", json!({ "times": 1, "patch": { "claims": claims } })).await;
        setup.by_id_token("google", &setup.id_token("ada", GOOGLE_CLIENT_ID).await).await
    };
    let both = json!([GOOGLE_CLIENT_ID, GOOGLE_SPA_CLIENT_ID]);
    assert!(bent(json!({ "aud": both, "azp": GOOGLE_SPA_CLIENT_ID })).await.is_ok());
    assert!(bent(json!({ "azp": GOOGLE_SPA_CLIENT_ID })).await.is_ok(), "an app asked for a token for our server");
    let foreign = bent(json!({ "aud": both, "azp": "another-client" })).await;
    assert_eq!(sign_in_error(foreign), IdTokenErrorKind::WrongAuthorizedParty);
    let three = json!([GOOGLE_CLIENT_ID, GOOGLE_SPA_CLIENT_ID, "another-client"]);
    setup
        .control("google/id_token", json!({ "times": 1, "patch": { "claims": { "aud": three }, "remove": ["azp"] } }))
        .await;
    let shared = setup.id_token("ada", GOOGLE_CLIENT_ID).await;
    assert_eq!(sign_in_error(setup.by_id_token("google", &shared).await), IdTokenErrorKind::WrongAudience);
}

#[tokio::test]
async fn the_nonce_must_match_where_one_is_required() {
    let setup = Setup::open().await;
    let mint = async |nonce: Option<&str>| {
        let order = json!({ "kind": "id_token", "person": "ada", "nonce": nonce });
        setup.mint("google", order).await
    };
    let ours = mint(Some(nonce().expose())).await;
    let (foreign, none) = (mint(Some("another")).await, mint(None).await);
    assert!(setup.by_id_token("google", &ours).await.is_ok());
    assert_eq!(sign_in_error(setup.by_id_token("google", &foreign).await), IdTokenErrorKind::WrongNonce);
    assert_eq!(sign_in_error(setup.by_id_token("google", &none).await), IdTokenErrorKind::ClaimMissing("nonce"));
    for token in [&ours, &foreign, &none] {
        assert!(
            setup
                .verify_external_token("google", Presented::IdToken { token, nonce: NonceRule::NotSent })
                .await
                .is_ok()
        );
    }
    let mark = single_use(&ours).unwrap();
    assert_eq!(single_use(&ours), Some(mark.clone()));
    let (signed, _) = ours.rsplit_once('.').unwrap();
    assert_eq!(single_use(&format!("{signed}.AAAA")).unwrap(), mark, "another signature is the same token");
    assert_ne!(single_use(&none).unwrap().digest, mark.digest);
    assert!(mark.until > setup.clock.now() + 3600 && single_use("opaque").is_none());
}

#[tokio::test]
async fn a_token_cannot_choose_the_url_of_its_keys() {
    let (setup, evil) = (Setup::open().await, Setup::open().await);
    setup.requested_endpoints().await;
    let foreign = evil.id_token("ada", APPLE_CLIENT_ID).await;
    evil.requested_endpoints().await;
    for (slug, _) in with_id_tokens() {
        assert_eq!(sign_in_error(setup.by_id_token(slug, &foreign).await), IdTokenErrorKind::WrongIssuer, "{slug}");
    }
    let ours = setup.id_token("ada", GOOGLE_CLIENT_ID).await;
    assert_eq!(sign_in_error(setup.by_id_token("apple", &ours).await), IdTokenErrorKind::WrongIssuer);
    assert_eq!(setup.by_id_token("nobody", &ours).await, Err(ExternalTokenError::UnknownProvider));
    for slug in without_id_tokens() {
        assert_eq!(setup.by_id_token(slug, &ours).await, Err(ExternalTokenError::NoIdTokens), "{slug}");
    }
    for junk in ["", "opaque", "a.b", "a.b.c", "e30.e30.", "..", &"x".repeat(20_000)] {
        assert!(matches!(setup.by_id_token("google", junk).await, Err(ExternalTokenError::IdToken(_))), "{junk:.20}");
    }
    assert_eq!((setup.requested_endpoints().await.len(), evil.requested_endpoints().await.len()), (0, 0));
    assert!(setup.by_id_token("google", &ours).await.is_ok());
    assert_eq!(setup.requested_endpoints().await, ["discovery", "certs"]);
    assert!(setup.by_id_token("google", &ours).await.is_ok());
    assert!(setup.requested_endpoints().await.is_empty(), "the keys are known");
}

#[tokio::test]
async fn a_rotated_key_is_fetched_once() {
    let setup = Setup::open().await;
    let before = setup.id_token("ada", GOOGLE_CLIENT_ID).await;
    assert!(setup.by_id_token("google", &before).await.is_ok());
    setup.control("google/keys", json!({ "action": "rotate" })).await;
    setup.requested_endpoints().await;
    let after = setup.id_token("ada", GOOGLE_CLIENT_ID).await;
    assert!(setup.by_id_token("google", &after).await.is_ok());
    assert_eq!(setup.requested_endpoints().await, ["certs"]);
}

#[tokio::test]
async fn the_workspace_is_checked_in_the_id_token() {
    let setup = Setup::open_with(&[("GOOGLE_HD", "navy.example")]).await;
    let ada = setup.id_token("ada", GOOGLE_CLIENT_ID).await;
    assert_eq!(setup.by_id_token("google", &ada).await, Err(ExternalTokenError::NotAdmitted));
    let grace = setup.id_token("grace", GOOGLE_CLIENT_ID).await;
    assert!(setup.by_id_token("google", &grace).await.is_ok());
}

/// An application with a signing key of its own publishes it only for its own client id.
#[tokio::test]
async fn each_application_at_entra_has_its_own_keys() {
    const MAIN: &str = "sandbox-microsoft";
    let setup = Setup::open_with(&[("MICROSOFT_API_CLIENT_IDS", "an-app,another-app")]).await;
    for client_id in [MAIN, "an-app", "foreign-app"] {
        setup.control("microsoft/keys", json!({ "action": "for_app", "client_id": client_id })).await;
    }
    let token = async |client_id: &str| {
        let nonce = nonce();
        let order = json!({ "kind": "id_token", "person": "ada", "client_id": client_id, "nonce": nonce.expose() });
        setup.mint("microsoft", order).await
    };
    for client_id in [MAIN, "an-app", "another-app"] {
        let outcome = setup.by_id_token("microsoft", &token(client_id).await).await;
        assert!(outcome.is_ok(), "{client_id}: {outcome:?}");
    }
    setup.requested_endpoints().await;
    for client_id in [MAIN, "an-app", "another-app"] {
        assert!(setup.by_id_token("microsoft", &token(client_id).await).await.is_ok(), "{client_id}");
    }
    assert!(setup.requested_endpoints().await.is_empty(), "each set of keys is cached");
    assert_eq!(
        sign_in_error(setup.by_id_token("microsoft", &token("foreign-app").await).await),
        IdTokenErrorKind::WrongAudience
    );
    // The key of one application signs nothing for another one.
    setup.control("microsoft/id_token", json!({ "times": 1, "patch": { "claims": { "aud": MAIN } } })).await;
    let forged = token("an-app").await;
    assert_eq!(sign_in_error(setup.by_id_token("microsoft", &forged).await), IdTokenErrorKind::UnknownKid);
}
