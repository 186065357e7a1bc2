//! id_tokens of every provider that has them, as a sign-in brings them.

use latchkey::accounts::Purpose;
use latchkey::oauth::AuthorizationResponse;
use latchkey::oidc::{IdTokenErrorKind, NonceRule};
use latchkey::providers::Profile;
use latchkey::relying_party::{AuthorizationOptions, ExternalTokenError, Journal, PendingFlow, Presented};
use secrecy::ExposeSecret;
use serde_json::json;

use super::counter::{Counter, nonce, with_id_tokens};

/// A sign-in of Ada's: the flow, who she is by it, and the id_token.
async fn sign_in(counter: &Counter, slug: &str) -> (PendingFlow, Profile, String) {
    let mut journal = Journal::new(slug);
    counter.order(&format!("{slug}/auto_consent"), json!({ "person": "ada", "times": 1 })).await;
    let (url, flow) = counter.us.begin(slug, Purpose::SignIn, AuthorizationOptions::default()).await.unwrap();
    let answer = counter.http.get(url).send().await.unwrap();
    let parameters = match answer.headers().get("location") {
        Some(location) => url::Url::parse(location.to_str().unwrap()).unwrap().query().unwrap().to_owned(),
        None => hidden_fields(&answer.text().await.unwrap()),
    };
    let response = AuthorizationResponse::from_urlencoded(&parameters);
    let completed = counter.us.complete(&flow, &response, None, &mut journal).await.unwrap();
    let id_token = completed.tokens.require_id_token().unwrap().expose_secret().to_owned();
    (flow, completed.profile, id_token)
}

/// The fields of a page of one form, as the form would post them.
fn hidden_fields(page: &str) -> String {
    let fields = page.split(r#"<input type="hidden" name=""#).skip(1).filter_map(|rest| {
        let (name, rest) = rest.split_once(r#"" value=""#)?;
        let value = rest.split_once('"')?.0.replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&");
        Some((name.to_owned(), value))
    });
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

#[tokio::test]
async fn an_id_token_says_the_same_at_this_door_as_at_the_callback() {
    let counter = Counter::open().await;
    for (slug, _) in with_id_tokens().filter(|(_, spec)| spec.nonce) {
        let (flow, profile, id_token) = sign_in(&counter, slug).await;
        let brought = |nonce| Presented::IdToken { token: &id_token, nonce: NonceRule::Equals(nonce) };
        let vouched = counter.verify_external_token(slug, brought(&flow.nonce)).await.unwrap();
        assert_eq!((&vouched.issuer, &vouched.subject), (&profile.issuer, &profile.subject), "{slug}");
        assert_eq!(vouched.email, profile.email, "{slug}");

        let another = nonce();
        let other = counter.verify_external_token(slug, brought(&another)).await;
        let sign_in_error = match other {
            Err(ExternalTokenError::IdToken(error)) => error.kind(),
            other => panic!("{slug}: {other:?}"),
        };
        assert_eq!(sign_in_error, IdTokenErrorKind::WrongNonce, "{slug}");

        let (head, signature) = id_token.rsplit_once('.').unwrap();
        let turned: String = signature.chars().rev().collect();
        let forged = format!("{head}.{turned}");
        let outcome = counter
            .verify_external_token(slug, Presented::IdToken { token: &forged, nonce: NonceRule::Equals(&flow.nonce) })
            .await;
        assert!(matches!(outcome, Err(ExternalTokenError::IdToken(_))), "{slug}: {outcome:?}");

        counter.clock.advance(2 * 24 * 3600);
        let late = counter.verify_external_token(slug, brought(&flow.nonce)).await;
        assert!(
            matches!(late, Err(ExternalTokenError::IdToken(error)) if error.kind() == IdTokenErrorKind::Expired),
            "{slug}"
        );
        counter.clock.advance(-2 * 24 * 3600);
    }
}
