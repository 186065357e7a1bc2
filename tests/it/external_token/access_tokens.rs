//! Threats PA1 and PA4: whose client a token was given to comes first, and userinfo only after.

use latchkey::providers::{BUILT_IN, UnfitTokenError};
use latchkey::relying_party::ExternalTokenError;
use latchkey_sandbox::GOOGLE_SPA_CLIENT_ID;
use serde_json::{Value, json};

use super::counter::Counter;

const WITH_A_CHECK: [&str; 3] = ["google", "github", "facebook"];

#[tokio::test]
async fn a_token_of_ours_vouches_and_is_in_no_address() {
    let counter = Counter::open().await;
    for slug in WITH_A_CHECK {
        let token = counter.access_token(slug, "ada").await;
        counter.asked().await;
        let profile = counter.by_access_token(slug, &token).await.unwrap();
        assert_eq!((profile.provider.as_str(), profile.name.as_deref()), (slug, Some("Ada Lovelace")));
        let log = counter.log().await;
        let asked: Vec<&str> = log.iter().map(|entry| entry["endpoint"].as_str().unwrap()).collect();
        assert_eq!(asked[0], "tokeninfo", "{slug}: the check comes first");
        assert_eq!(asked.iter().filter(|endpoint| **endpoint == "userinfo").count(), 1, "{slug}: {asked:?}");
        for entry in log {
            let query = entry["query"].as_object().unwrap();
            for name in ["access_token", "input_token", "client_secret", "token"] {
                assert!(!query.contains_key(name), "{slug}: {entry}");
            }
            assert!(!entry["path"].as_str().unwrap().contains(&token));
        }
    }
}

#[tokio::test]
async fn it_vouches_for_whom_an_id_token_would() {
    let counter = Counter::open().await;
    for person in ["ada", "grace", "linus", "plain", "nomail"] {
        let by_access = counter.by_access_token("google", &counter.access_token("google", person).await).await.unwrap();
        let id_token = counter.id_token(person, GOOGLE_SPA_CLIENT_ID).await;
        assert_eq!(by_access, counter.by_id_token("google", &id_token).await.unwrap(), "{person}");
    }
}

#[tokio::test]
async fn a_token_of_another_client_is_refused_before_userinfo_is_asked() {
    let counter = Counter::open().await;
    for slug in WITH_A_CHECK {
        let order = json!({ "kind": "access_token", "person": "ada", "client_id": "another-client" });
        let foreign = counter.mint(slug, order).await;
        counter.asked().await;
        let outcome = counter.by_access_token(slug, &foreign).await;
        // GitHub does not tell another client's token from none.
        let expected = if slug == "github" {
            ExternalTokenError::UnfitToken(UnfitTokenError::Unknown)
        } else {
            ExternalTokenError::NotOurClient
        };
        assert_eq!(outcome, Err(expected), "{slug}");
        assert_eq!(counter.asked().await, ["tokeninfo"], "{slug}");
        let ours = counter.access_token(slug, "ada").await;
        assert!(counter.by_access_token(slug, &ours).await.is_ok(), "{slug}");
    }
}

#[tokio::test]
async fn a_token_of_a_further_client_counts_where_it_is_configured() {
    let order = json!({ "kind": "access_token", "person": "ada", "client_id": GOOGLE_SPA_CLIENT_ID });
    let counter = Counter::open().await;
    let token = counter.mint("google", order.clone()).await;
    assert!(counter.by_access_token("google", &token).await.is_ok());
    let alone = Counter::open_with(&[("GOOGLE_API_CLIENT_IDS", "")]).await;
    let token = alone.mint("google", order).await;
    assert_eq!(alone.by_access_token("google", &token).await, Err(ExternalTokenError::NotOurClient));
}

#[tokio::test]
async fn a_token_that_is_not_for_signing_in_is_refused_before_userinfo_is_asked() {
    let counter = Counter::open().await;
    let mint = async |more: Value| {
        let mut order = json!({ "kind": "access_token", "person": "ada" });
        order.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        counter.mint("google", order).await
    };
    let ours = json!({ "kind": "service_account", "client_id": "sandbox-google" });
    let cases = [
        (mint(json!({ "scopes": ["openid", "profile"] })).await, UnfitTokenError::MissingScope),
        (mint(json!({ "scopes": ["email"] })).await, UnfitTokenError::MissingScope),
        (
            mint(json!({ "scopes": ["https://www.googleapis.com/auth/drive.readonly"] })).await,
            UnfitTokenError::MissingScope,
        ),
        (mint(json!({ "expires_in": -1 })).await, UnfitTokenError::Unknown),
        (counter.mint("google", ours).await, UnfitTokenError::ServiceAccount),
        ("ya29.made-up".to_owned(), UnfitTokenError::Unknown),
    ];
    counter.asked().await;
    for (token, unfit) in cases {
        assert_eq!(counter.by_access_token("google", &token).await, Err(ExternalTokenError::UnfitToken(unfit)));
        assert_eq!(counter.asked().await, ["tokeninfo"], "{unfit}");
    }
    let robot = counter.mint("google", json!({ "kind": "service_account" })).await;
    assert_eq!(counter.by_access_token("google", &robot).await, Err(ExternalTokenError::NotOurClient));
    let least = mint(json!({ "scopes": ["openid", "email"] })).await;
    let profile = counter.by_access_token("google", &least).await.unwrap();
    assert!(profile.email.is_some() && profile.name.is_none());
}

#[tokio::test]
async fn what_cannot_be_a_token_is_shown_to_nobody() {
    let counter = Counter::open().await;
    counter.asked().await;
    for junk in ["", " ", "two words", "line\nbreak", "ключ", &"x".repeat(4097)] {
        let outcome = counter.by_access_token("google", junk).await;
        assert_eq!(outcome, Err(ExternalTokenError::UnfitToken(UnfitTokenError::Malformed)), "{junk:.20}");
    }
    let token = counter.access_token("google", "ada").await;
    let unchecked = BUILT_IN.into_iter().filter(|row| row.spec.token_check.is_none());
    for slug in unchecked.map(|row| row.slug) {
        assert_eq!(counter.by_access_token(slug, &token).await, Err(ExternalTokenError::NoTokenCheck), "{slug}");
    }
    assert_eq!(counter.by_access_token("nobody", &token).await, Err(ExternalTokenError::UnknownProvider));
    assert!(counter.asked().await.is_empty());
}

#[tokio::test]
async fn made_up_tokens_are_unknown_everywhere() {
    let counter = Counter::open().await;
    for slug in WITH_A_CHECK {
        let outcome = counter.by_access_token(slug, "made-up").await;
        assert_eq!(outcome, Err(ExternalTokenError::UnfitToken(UnfitTokenError::Unknown)), "{slug}");
    }
}

#[tokio::test]
async fn the_check_and_userinfo_must_mean_the_same_person() {
    let counter = Counter::open().await;
    for (slug, member, other) in
        [("google", "sub", json!("199999999999999999999")), ("github", "id", json!(7)), ("facebook", "id", json!("7"))]
    {
        let token = counter.access_token(slug, "ada").await;
        let error = json!({ "kind": "patch", "set": { (member): other } });
        counter.order(&format!("{slug}/faults"), json!({ "endpoint": "userinfo", "times": 1, "fault": error })).await;
        let outcome = counter.by_access_token(slug, &token).await;
        assert_eq!(outcome, Err(ExternalTokenError::UnfitToken(UnfitTokenError::AnotherSubject)), "{slug}");
        assert!(counter.by_access_token(slug, &token).await.is_ok(), "{slug}");
    }
}

#[tokio::test]
async fn what_the_check_says_is_read_strictly() {
    let counter = Counter::open().await;
    let token = counter.access_token("google", "ada").await;
    for (patch, expected) in [
        (json!({ "set": { "aud": "another-client" } }), ExternalTokenError::NotOurClient),
        (json!({ "set": { "azp": "another-client" } }), ExternalTokenError::NotOurClient),
        (json!({ "remove": ["aud"] }), ExternalTokenError::UnfitToken(UnfitTokenError::Unclear)),
        (json!({ "set": { "aud": ["sandbox-google"] } }), ExternalTokenError::UnfitToken(UnfitTokenError::Unclear)),
        (json!({ "set": { "expires_in": "0" } }), ExternalTokenError::UnfitToken(UnfitTokenError::Expired)),
        (json!({ "remove": ["expires_in"] }), ExternalTokenError::UnfitToken(UnfitTokenError::Unclear)),
        (json!({ "remove": ["sub"] }), ExternalTokenError::UnfitToken(UnfitTokenError::Unclear)),
        (json!({ "remove": ["scope"] }), ExternalTokenError::UnfitToken(UnfitTokenError::Unclear)),
    ] {
        let mut error = json!({ "kind": "patch" });
        error.as_object_mut().unwrap().extend(patch.as_object().unwrap().clone());
        counter.order("google/faults", json!({ "endpoint": "tokeninfo", "times": 1, "fault": error })).await;
        counter.asked().await;
        assert_eq!(counter.by_access_token("google", &token).await, Err(expected), "{patch}");
        assert_eq!(counter.asked().await, ["tokeninfo"], "{patch}");
    }
    assert!(counter.by_access_token("google", &token).await.is_ok());
}

#[tokio::test]
async fn a_workspace_is_admitted_by_what_userinfo_says_of_it() {
    let counter = Counter::open_with(&[("GOOGLE_HD", "navy.example")]).await;
    let ada = counter.access_token("google", "ada").await;
    assert_eq!(counter.by_access_token("google", &ada).await, Err(ExternalTokenError::NotAdmitted));
    let grace = counter.access_token("google", "grace").await;
    assert!(counter.by_access_token("google", &grace).await.is_ok());
}
