//! Group D through this door, and threats PA2, PA3 and PA10.

use latchkey::oidc::IdTokenErrorKind;
use latchkey::oidc::NonceRule;
use latchkey::relying_party::{ExternalTokenError, Presented, single_use};
use latchkey_sandbox::{APPLE_CLIENT_ID, GOOGLE_CLIENT_ID, GOOGLE_SPA_CLIENT_ID};
use serde_json::json;

use super::counter::{Counter, nonce, with_id_tokens, without_id_tokens};

/// Of the sandbox's id_token presets, those that are lawful here. No access token comes along: `at_hash` is nobody's.
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
/// Those that only the keys can tell from a good one.
const BY_THE_SIGNATURE: [&str; 4] = ["bad_signature", "unpublished_key", "unknown_kid", "traversal_kid"];

fn sign_in_error(outcome: Result<latchkey::providers::Profile, ExternalTokenError>) -> IdTokenErrorKind {
    match outcome {
        Err(ExternalTokenError::IdToken(error)) => error.kind(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn every_id_token_that_lies_is_refused_and_few_are_worth_a_look_at_the_keys() {
    let counter = Counter::open().await;
    counter.asked().await;
    for preset in counter.presets("id_token").await.iter().filter(|preset| !LAWFUL.contains(&preset.as_str())) {
        counter.preset(preset).await;
        let token = counter.id_token("ada", GOOGLE_CLIENT_ID).await;
        let outcome = counter.by_id_token("google", &token).await;
        assert!(matches!(outcome, Err(ExternalTokenError::IdToken(_))), "{preset}: {outcome:?}");
        let asked = counter.asked().await;
        assert!(
            asked.iter().all(|endpoint| ["discovery", "certs"].contains(&endpoint.as_str())),
            "{preset}: {asked:?}"
        );
        assert!(asked.is_empty() || BY_THE_SIGNATURE.contains(&preset.as_str()), "{preset}: {asked:?}");
    }
    let honest = counter.id_token("ada", GOOGLE_CLIENT_ID).await;
    assert_eq!(counter.by_id_token("google", &honest).await.unwrap().name.as_deref(), Some("Ada Lovelace"));
}

#[tokio::test]
async fn every_id_token_that_is_unusual_and_lawful_is_taken() {
    let counter = Counter::open().await;
    for preset in LAWFUL {
        counter.preset(preset).await;
        let token = counter.id_token("ada", GOOGLE_CLIENT_ID).await;
        let profile = counter.by_id_token("google", &token).await.unwrap();
        let verified = profile.email.is_some_and(|email| email.verified_by_provider);
        let unproven = preset.starts_with("email_verified") || ["email_missing", "email_array"].contains(&preset);
        assert_eq!(verified, !unproven, "{preset}");
    }
}

#[tokio::test]
async fn a_token_of_a_further_client_counts_where_it_is_configured_and_only_there() {
    let counter = Counter::open().await;
    let of_the_page = counter.id_token("ada", GOOGLE_SPA_CLIENT_ID).await;
    let of_ours = counter.id_token("ada", GOOGLE_CLIENT_ID).await;
    let one = counter.by_id_token("google", &of_the_page).await.unwrap();
    assert_eq!(one, counter.by_id_token("google", &of_ours).await.unwrap());
    let of_another = counter.id_token("ada", "another-client").await;
    assert_eq!(sign_in_error(counter.by_id_token("google", &of_another).await), IdTokenErrorKind::WrongAudience);

    let alone = Counter::open_with(&[("GOOGLE_API_CLIENT_IDS", "")]).await;
    let of_the_page = alone.id_token("ada", GOOGLE_SPA_CLIENT_ID).await;
    assert_eq!(sign_in_error(alone.by_id_token("google", &of_the_page).await), IdTokenErrorKind::WrongAudience);
    let of_ours = alone.id_token("ada", GOOGLE_CLIENT_ID).await;
    assert!(alone.by_id_token("google", &of_ours).await.is_ok());
}

#[tokio::test]
async fn an_audience_of_two_of_ours_is_ours_and_a_foreign_party_is_not() {
    let counter = Counter::open().await;
    let bent = async |claims: serde_json::Value| {
        counter.order("google/id_token", json!({ "times": 1, "patch": { "claims": claims } })).await;
        counter.by_id_token("google", &counter.id_token("ada", GOOGLE_CLIENT_ID).await).await
    };
    let both = json!([GOOGLE_CLIENT_ID, GOOGLE_SPA_CLIENT_ID]);
    assert!(bent(json!({ "aud": both, "azp": GOOGLE_SPA_CLIENT_ID })).await.is_ok());
    assert!(bent(json!({ "azp": GOOGLE_SPA_CLIENT_ID })).await.is_ok(), "an app asked for a token for our server");
    let foreign = bent(json!({ "aud": both, "azp": "another-client" })).await;
    assert_eq!(sign_in_error(foreign), IdTokenErrorKind::WrongAuthorizedParty);
    let three = json!([GOOGLE_CLIENT_ID, GOOGLE_SPA_CLIENT_ID, "another-client"]);
    counter
        .order("google/id_token", json!({ "times": 1, "patch": { "claims": { "aud": three }, "remove": ["azp"] } }))
        .await;
    let shared = counter.id_token("ada", GOOGLE_CLIENT_ID).await;
    assert_eq!(sign_in_error(counter.by_id_token("google", &shared).await), IdTokenErrorKind::WrongAudience);
}

#[tokio::test]
async fn the_nonce_must_be_the_devices_unless_none_is_asked_for() {
    let counter = Counter::open().await;
    let mint = async |nonce: Option<&str>| {
        let order = json!({ "kind": "id_token", "person": "ada", "nonce": nonce });
        counter.mint("google", order).await
    };
    let ours = mint(Some(nonce().expose())).await;
    let (foreign, none) = (mint(Some("another")).await, mint(None).await);
    assert!(counter.by_id_token("google", &ours).await.is_ok());
    assert_eq!(sign_in_error(counter.by_id_token("google", &foreign).await), IdTokenErrorKind::WrongNonce);
    assert_eq!(sign_in_error(counter.by_id_token("google", &none).await), IdTokenErrorKind::ClaimMissing("nonce"));
    for token in [&ours, &foreign, &none] {
        assert!(
            counter
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
    assert!(mark.until > counter.clock.now() + 3600 && single_use("opaque").is_none());
}

#[tokio::test]
async fn a_token_steers_no_fetch() {
    let (counter, evil) = (Counter::open().await, Counter::open().await);
    counter.asked().await;
    let foreign = evil.id_token("ada", APPLE_CLIENT_ID).await;
    evil.asked().await;
    for (slug, _) in with_id_tokens() {
        assert_eq!(sign_in_error(counter.by_id_token(slug, &foreign).await), IdTokenErrorKind::WrongIssuer, "{slug}");
    }
    let ours = counter.id_token("ada", GOOGLE_CLIENT_ID).await;
    assert_eq!(sign_in_error(counter.by_id_token("apple", &ours).await), IdTokenErrorKind::WrongIssuer);
    assert_eq!(counter.by_id_token("nobody", &ours).await, Err(ExternalTokenError::UnknownProvider));
    for slug in without_id_tokens() {
        assert_eq!(counter.by_id_token(slug, &ours).await, Err(ExternalTokenError::NoIdTokens), "{slug}");
    }
    for junk in ["", "opaque", "a.b", "a.b.c", "e30.e30.", "..", &"x".repeat(20_000)] {
        assert!(matches!(counter.by_id_token("google", junk).await, Err(ExternalTokenError::IdToken(_))), "{junk:.20}");
    }
    assert_eq!((counter.asked().await.len(), evil.asked().await.len()), (0, 0));
    assert!(counter.by_id_token("google", &ours).await.is_ok());
    assert_eq!(counter.asked().await, ["discovery", "certs"]);
    assert!(counter.by_id_token("google", &ours).await.is_ok());
    assert!(counter.asked().await.is_empty(), "the keys are known");
}

#[tokio::test]
async fn a_rotated_key_is_fetched_once() {
    let counter = Counter::open().await;
    let before = counter.id_token("ada", GOOGLE_CLIENT_ID).await;
    assert!(counter.by_id_token("google", &before).await.is_ok());
    counter.order("google/keys", json!({ "action": "rotate" })).await;
    counter.asked().await;
    let after = counter.id_token("ada", GOOGLE_CLIENT_ID).await;
    assert!(counter.by_id_token("google", &after).await.is_ok());
    assert_eq!(counter.asked().await, ["certs"]);
}

#[tokio::test]
async fn a_workspace_is_admitted_by_its_claim() {
    let counter = Counter::open_with(&[("GOOGLE_HD", "navy.example")]).await;
    let ada = counter.id_token("ada", GOOGLE_CLIENT_ID).await;
    assert_eq!(counter.by_id_token("google", &ada).await, Err(ExternalTokenError::NotAdmitted));
    let grace = counter.id_token("grace", GOOGLE_CLIENT_ID).await;
    assert!(counter.by_id_token("google", &grace).await.is_ok());
}
