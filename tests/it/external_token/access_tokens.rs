//! Threats PA1 and PA4: the client of a token is checked before userinfo is requested.

use latchkey::providers::{BUILT_IN, UnfitTokenError};
use latchkey::relying_party::ExternalTokenError;
use latchkey_sandbox::GOOGLE_SPA_CLIENT_ID;
use serde_json::{Value, json};

use super::setup::Setup;

const WITH_A_CHECK: [&str; 3] = ["google", "github", "facebook"];

#[tokio::test]
async fn our_access_token_signs_in_and_appears_in_no_url() {
    let setup = Setup::open().await;
    for slug in WITH_A_CHECK {
        let token = setup.access_token(slug, "ada").await;
        setup.requested_endpoints().await;
        let profile = setup.by_access_token(slug, &token).await.unwrap();
        assert_eq!((profile.provider.as_str(), profile.name.as_deref()), (slug, Some("Ada Lovelace")));
        let log = setup.log().await;
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
async fn an_access_token_names_the_same_user_as_an_id_token() {
    let setup = Setup::open().await;
    for person in ["ada", "grace", "linus", "plain", "nomail"] {
        let by_access = setup.by_access_token("google", &setup.access_token("google", person).await).await.unwrap();
        let id_token = setup.id_token(person, GOOGLE_SPA_CLIENT_ID).await;
        assert_eq!(by_access, setup.by_id_token("google", &id_token).await.unwrap(), "{person}");
    }
}

#[tokio::test]
async fn another_clients_token_is_rejected_before_userinfo() {
    let setup = Setup::open().await;
    for slug in WITH_A_CHECK {
        let order = json!({ "kind": "access_token", "person": "ada", "client_id": "another-client" });
        let foreign = setup.mint(slug, order).await;
        setup.requested_endpoints().await;
        let outcome = setup.by_access_token(slug, &foreign).await;
        // GitHub does not distinguish another client's token from an invalid one.
        let expected = if slug == "github" {
            ExternalTokenError::UnfitToken(UnfitTokenError::Unknown)
        } else {
            ExternalTokenError::NotOurClient
        };
        assert_eq!(outcome, Err(expected), "{slug}");
        assert_eq!(setup.requested_endpoints().await, ["tokeninfo"], "{slug}");
        let ours = setup.access_token(slug, "ada").await;
        assert!(setup.by_access_token(slug, &ours).await.is_ok(), "{slug}");
    }
}

#[tokio::test]
async fn a_listed_clients_token_is_accepted() {
    let order = json!({ "kind": "access_token", "person": "ada", "client_id": GOOGLE_SPA_CLIENT_ID });
    let setup = Setup::open().await;
    let token = setup.mint("google", order.clone()).await;
    assert!(setup.by_access_token("google", &token).await.is_ok());
    let alone = Setup::open_with(&[("GOOGLE_API_CLIENT_IDS", "")]).await;
    let token = alone.mint("google", order).await;
    assert_eq!(alone.by_access_token("google", &token).await, Err(ExternalTokenError::NotOurClient));
}

#[tokio::test]
async fn a_token_without_sign_in_scope_is_rejected_before_userinfo() {
    let setup = Setup::open().await;
    let mint = async |more: Value| {
        let mut order = json!({ "kind": "access_token", "person": "ada" });
        order.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        setup.mint("google", order).await
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
        (setup.mint("google", ours).await, UnfitTokenError::ServiceAccount),
        ("ya29.made-up-of-nothing-at-all".to_owned(), UnfitTokenError::Unknown),
    ];
    setup.requested_endpoints().await;
    for (token, unfit) in cases {
        assert_eq!(setup.by_access_token("google", &token).await, Err(ExternalTokenError::UnfitToken(unfit)));
        assert_eq!(setup.requested_endpoints().await, ["tokeninfo"], "{unfit}");
    }
    let robot = setup.mint("google", json!({ "kind": "service_account" })).await;
    assert_eq!(setup.by_access_token("google", &robot).await, Err(ExternalTokenError::NotOurClient));
    let least = mint(json!({ "scopes": ["openid", "email"] })).await;
    let profile = setup.by_access_token("google", &least).await.unwrap();
    assert!(profile.email.is_some() && profile.name.is_none());
}

#[tokio::test]
async fn a_malformed_token_is_sent_to_no_provider() {
    let setup = Setup::open().await;
    setup.requested_endpoints().await;
    for junk in ["", " ", "two words", "line\nbreak", "ключ", &"x".repeat(4097)] {
        let outcome = setup.by_access_token("google", junk).await;
        assert_eq!(outcome, Err(ExternalTokenError::UnfitToken(UnfitTokenError::Malformed)), "{junk:.20}");
    }
    let token = setup.access_token("google", "ada").await;
    for slug in BUILT_IN.into_iter().filter(|row| row.spec.token_check.is_none()).map(|row| row.slug) {
        assert_eq!(setup.by_access_token(slug, &token).await, Err(ExternalTokenError::NoTokenCheck), "{slug}");
    }
    assert_eq!(setup.by_access_token("nobody", &token).await, Err(ExternalTokenError::UnknownProvider));
    assert!(setup.requested_endpoints().await.is_empty());
}

#[tokio::test]
async fn invented_tokens_are_rejected_by_every_provider() {
    let setup = Setup::open().await;
    for (slug, token) in [
        ("google", "ya29.made-up-of-nothing-at-all"),
        ("github", "gho_madeupofnothingatall"),
        ("facebook", "EAAmadeupofnothingatall"),
    ] {
        let outcome = setup.by_access_token(slug, token).await;
        assert_eq!(outcome, Err(ExternalTokenError::UnfitToken(UnfitTokenError::Unknown)), "{slug}");
        setup.requested_endpoints().await;
        let of_another_format = setup.by_access_token(slug, "made up").await;
        assert_eq!(of_another_format, Err(ExternalTokenError::UnfitToken(UnfitTokenError::Malformed)), "{slug}");
        let of_another_format = setup.by_access_token(slug, "made-up").await;
        assert_eq!(of_another_format, Err(ExternalTokenError::UnfitToken(UnfitTokenError::Malformed)), "{slug}");
        assert!(setup.requested_endpoints().await.is_empty(), "{slug} is not asked");
    }
}

#[tokio::test]
async fn token_check_and_userinfo_must_name_the_same_subject() {
    let setup = Setup::open().await;
    for (slug, member, other) in
        [("google", "sub", json!("199999999999999999999")), ("github", "id", json!(7)), ("facebook", "id", json!("7"))]
    {
        let token = setup.access_token(slug, "ada").await;
        let error = json!({ "kind": "patch", "set": { (member): other } });
        setup.control(&format!("{slug}/faults"), json!({ "endpoint": "userinfo", "times": 1, "fault": error })).await;
        let outcome = setup.by_access_token(slug, &token).await;
        assert_eq!(outcome, Err(ExternalTokenError::UnfitToken(UnfitTokenError::AnotherSubject)), "{slug}");
        assert!(setup.by_access_token(slug, &token).await.is_ok(), "{slug}");
    }
}

#[tokio::test]
async fn token_check_answers_are_parsed_strictly() {
    let setup = Setup::open().await;
    let token = setup.access_token("google", "ada").await;
    for (patch, expected) in [
        (json!({ "set": { "aud": "another-client" } }), ExternalTokenError::NotOurClient),
        (json!({ "set": { "azp": "another-client" } }), ExternalTokenError::NotOurClient),
        (json!({ "remove": ["aud"] }), ExternalTokenError::UnfitToken(UnfitTokenError::Incomplete)),
        (json!({ "set": { "aud": ["sandbox-google"] } }), ExternalTokenError::UnfitToken(UnfitTokenError::Incomplete)),
        (json!({ "set": { "expires_in": "0" } }), ExternalTokenError::UnfitToken(UnfitTokenError::Expired)),
        (json!({ "remove": ["expires_in"] }), ExternalTokenError::UnfitToken(UnfitTokenError::Incomplete)),
        (json!({ "remove": ["sub"] }), ExternalTokenError::UnfitToken(UnfitTokenError::Incomplete)),
        (json!({ "remove": ["scope"] }), ExternalTokenError::UnfitToken(UnfitTokenError::Incomplete)),
    ] {
        let mut error = json!({ "kind": "patch" });
        error.as_object_mut().unwrap().extend(patch.as_object().unwrap().clone());
        setup.control("google/faults", json!({ "endpoint": "tokeninfo", "times": 1, "fault": error })).await;
        setup.requested_endpoints().await;
        assert_eq!(setup.by_access_token("google", &token).await, Err(expected), "{patch}");
        assert_eq!(setup.requested_endpoints().await, ["tokeninfo"], "{patch}");
    }
    assert!(setup.by_access_token("google", &token).await.is_ok());
}

#[tokio::test]
async fn the_workspace_is_checked_in_userinfo() {
    let setup = Setup::open_with(&[("GOOGLE_HD", "navy.example")]).await;
    let ada = setup.access_token("google", "ada").await;
    assert_eq!(setup.by_access_token("google", &ada).await, Err(ExternalTokenError::NotAdmitted));
    let grace = setup.access_token("google", "grace").await;
    assert!(setup.by_access_token("google", &grace).await.is_ok());
}
