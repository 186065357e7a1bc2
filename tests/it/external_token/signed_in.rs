//! The id_tokens of a real sign-in, for every provider that issues them.

use latchkey::accounts::Purpose;
use latchkey::oauth::AuthorizationResponse;
use latchkey::oidc::{IdTokenErrorKind, NonceRule};
use latchkey::providers::Profile;
use latchkey::relying_party::{AuthorizationOptions, ExternalTokenError, Journal, PendingFlow, Presented};
use secrecy::ExposeSecret;
use serde_json::json;

use super::setup::{Setup, nonce, with_id_tokens};

/// A sign-in of Ada's: the flow, the profile and the id_token.
async fn sign_in(setup: &Setup, slug: &str) -> (PendingFlow, Profile, String) {
    let mut journal = Journal::new(slug);
    setup.control(&format!("{slug}/auto_consent"), json!({ "person": "ada", "times": 1 })).await;
    let (url, flow) = setup.relying_party.begin(slug, Purpose::SignIn, AuthorizationOptions::default()).await.unwrap();
    let answer = setup.http.get(url).send().await.unwrap();
    let parameters = match answer.headers().get("location") {
        Some(location) => url::Url::parse(location.to_str().unwrap()).unwrap().query().unwrap().to_owned(),
        None => hidden_fields(&answer.text().await.unwrap()),
    };
    let response = AuthorizationResponse::from_urlencoded(&parameters);
    let completed = setup.relying_party.complete(&flow, &response, None, &mut journal).await.unwrap();
    let id_token = completed.tokens.require_id_token().unwrap().expose_secret().to_owned();
    (flow, completed.profile, id_token)
}

/// The hidden fields of a page with one form, urlencoded.
fn hidden_fields(page: &str) -> String {
    let fields = page.split(r#"<input type="hidden" name=""#).skip(1).filter_map(|rest| {
        let (name, rest) = rest.split_once(r#"" value=""#)?;
        let value = rest.split_once('"')?.0.replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&");
        Some((name.to_owned(), value))
    });
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

#[tokio::test]
async fn an_id_token_gives_the_same_profile_as_the_callback() {
    let setup = Setup::open().await;
    for (slug, _) in with_id_tokens().filter(|(_, spec)| spec.nonce) {
        let (flow, profile, id_token) = sign_in(&setup, slug).await;
        let presented = |nonce| Presented::IdToken { token: &id_token, nonce: NonceRule::Equals(nonce) };
        let verified = setup.verify_external_token(slug, presented(&flow.nonce)).await.unwrap();
        assert_eq!((&verified.issuer, &verified.subject), (&profile.issuer, &profile.subject), "{slug}");
        assert_eq!(verified.email, profile.email, "{slug}");

        let another = nonce();
        let other = setup.verify_external_token(slug, presented(&another)).await;
        let sign_in_error = match other {
            Err(ExternalTokenError::IdToken(error)) => error.kind(),
            other => panic!("{slug}: {other:?}"),
        };
        assert_eq!(sign_in_error, IdTokenErrorKind::WrongNonce, "{slug}");

        let (head, signature) = id_token.rsplit_once('.').unwrap();
        let turned: String = signature.chars().rev().collect();
        let forged = format!("{head}.{turned}");
        let outcome = setup
            .verify_external_token(slug, Presented::IdToken { token: &forged, nonce: NonceRule::Equals(&flow.nonce) })
            .await;
        assert!(matches!(outcome, Err(ExternalTokenError::IdToken(_))), "{slug}: {outcome:?}");

        setup.clock.advance(2 * 24 * 3600);
        let late = setup.verify_external_token(slug, presented(&flow.nonce)).await;
        assert!(
            matches!(late, Err(ExternalTokenError::IdToken(error)) if error.kind() == IdTokenErrorKind::Expired),
            "{slug}"
        );
        setup.clock.advance(-2 * 24 * 3600);
    }
}
