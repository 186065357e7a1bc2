//! The profile from the id_token, and its verification with cached keys.

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::{
    CompleteError, FlowEvent, Journal, KeysError, RelyingParty,
    complete::Exchanged,
    provider_client::{Part, ProviderClient},
};
use crate::{
    inspect::{self, Check, CheckResult, Step},
    oauth::AuthorizationCode,
    oidc::{
        Claims, ExpectedIdToken, IdTokenError, NonceRule, ProviderMetadata, Userinfo, UserinfoError,
        process_userinfo_response, unverified_claims, userinfo_request, verify_id_token,
    },
    providers::{Facts, IdentitySource, OidcSpec, Profile},
};

/// The values that an id_token of the token endpoint has to match.
pub(super) struct TokenBinding<'a> {
    pub(super) nonce: NonceRule<'a>,
    pub(super) access_token: &'a SecretString,
    pub(super) code: Option<&'a AuthorizationCode>,
    pub(super) max_age: Option<u64>,
}

/// Why an id_token was not accepted.
pub(super) enum VerifyError {
    /// The JWK set is not available.
    Keys(KeysError),
    /// The id_token was rejected.
    Rejected(IdTokenError),
}

impl From<KeysError> for VerifyError {
    fn from(error: KeysError) -> Self {
        Self::Keys(error)
    }
}

impl From<IdTokenError> for VerifyError {
    fn from(error: IdTokenError) -> Self {
        Self::Rejected(error)
    }
}

impl From<VerifyError> for CompleteError {
    fn from(error: VerifyError) -> Self {
        match error {
            VerifyError::Keys(error) => error.into(),
            VerifyError::Rejected(error) => error.into(),
        }
    }
}

impl RelyingParty {
    /// The profile from the verified id_token, completed with userinfo if the provider's id_tokens omit claims.
    pub(super) async fn id_token_profile(
        &self,
        exchanged: &Exchanged<'_>,
        spec: &OidcSpec,
        unverified_name: Option<&str>,
        journal: &mut Journal,
    ) -> Result<Profile, CompleteError> {
        let Exchanged { client, metadata, flow, code, tokens } = exchanged;
        let provider = &client.provider;
        let binding = TokenBinding {
            // A provider that returns no nonce was sent none; a token with one comes from another request.
            nonce: if spec.nonce { NonceRule::Equals(&flow.nonce) } else { NonceRule::Forbidden },
            access_token: tokens.access_token(),
            code: Some(code),
            max_age: flow.purpose.requires_authentication().then(|| provider.spec.max_age()).flatten(),
        };
        let claims = self.verify(client, metadata, tokens.require_id_token()?, &binding, journal).await?;
        if !(spec.admits)(provider, &Facts { claims: Some(&claims), userinfo: None, unverified_name: None }) {
            inspect::record(|_| {
                let (expected, actual) = (inspect::Value::fact("an admitted domain"), inspect::Value::fact("another"));
                Step::check(CheckResult::of(Check::Admitted, expected, actual, false))
            });
            return Err(CompleteError::NotAdmitted);
        }
        let userinfo = self.userinfo(exchanged, spec, &claims, journal).await?;
        let facts = Facts { claims: Some(&claims), userinfo: userinfo.as_ref(), unverified_name };
        let profile = (spec.profile)(provider, &facts).ok_or(CompleteError::NoProfile)?;
        Ok(Profile { authentication: claims.authentication(), ..profile })
    }

    /// Verifies an id_token from the token endpoint.
    pub(super) async fn verify(
        &self,
        client: &ProviderClient,
        metadata: &ProviderMetadata,
        id_token: &SecretString,
        binding: &TokenBinding<'_>,
        journal: &mut Journal,
    ) -> Result<Claims, VerifyError> {
        let IdentitySource::IdToken(spec) = &client.provider.spec.identity else {
            return Err(KeysError::NoKeys.into());
        };
        let id_token = id_token.expose_secret();
        // The unverified claims only select among accepted issuers; the verification checks the selected one.
        let issuers = (spec.issuers)(&client.provider, &unverified_claims(id_token));
        let issuers: Vec<&str> = issuers.iter().map(String::as_str).collect();
        let expected = ExpectedIdToken {
            issuers: &issuers,
            client_ids: &[&client.provider.client_id],
            nonce: binding.nonce,
            algorithms: spec.algorithms,
            access_token: Some(binding.access_token),
            code: binding.code,
            max_age: binding.max_age,
            max_token_age: None,
            acr_values: &[],
            profile_claims: spec.claims,
            now: u64::try_from(self.clock.now()).unwrap_or_default(),
        };
        self.verify_with_provider_keys(client, metadata, id_token, &expected, journal).await
    }

    /// Verifies an id_token with the cached JWK set. If the set lacks its key, the provider may have rotated its keys:
    /// fetches the set again and verifies once more.
    pub(super) async fn verify_with_provider_keys(
        &self,
        client: &ProviderClient,
        metadata: &ProviderMetadata,
        id_token: &str,
        expected: &ExpectedIdToken<'_>,
        journal: &mut Journal,
    ) -> Result<Claims, VerifyError> {
        let now = self.clock.now();
        let set = client.key_set(metadata, audience_of(id_token, expected.client_ids))?;
        let keys = client.keys(&self.http, &set, now).await?;
        let mut outcome = verify_id_token(id_token, &keys, expected);
        if outcome.as_ref().is_err_and(IdTokenError::is_unknown_kid)
            && let Some(newer) = client.newer_keys(&self.http, &set, &keys, now).await
        {
            journal.record(FlowEvent::KeysRefetched);
            outcome = verify_id_token(id_token, &newer, expected);
        }
        let verdicts = outcome.as_ref().map_or_else(IdTokenError::verdicts, Claims::verdicts);
        inspect::record(|redactor| inspect::id_token_parts(id_token, redactor));
        inspect::record(|redactor| inspect::id_token_checks(verdicts, id_token, expected, redactor));
        journal.record_verdicts(verdicts);
        Ok(outcome?)
    }

    /// Userinfo is optional: sign-in goes on without it, since the id_token identifies the user. Userinfo of another
    /// subject is an error.
    async fn userinfo(
        &self,
        exchanged: &Exchanged<'_>,
        spec: &OidcSpec,
        claims: &Claims,
        journal: &mut Journal,
    ) -> Result<Option<Userinfo>, CompleteError> {
        let Exchanged { client, metadata, tokens, .. } = exchanged;
        let Some(endpoint) = metadata.userinfo_endpoint.as_ref().filter(|_| is_incomplete(spec, claims)) else {
            return Ok(None);
        };
        if !client.try_acquire(Part::Userinfo, self.clock.now()) {
            journal.record(FlowEvent::UserinfoReceived { usable: false });
            return Ok(None);
        }
        let request = userinfo_request(endpoint, tokens.access_token());
        let outcome = match client.send(&self.http, Part::Userinfo, request, self.clock.now()).await {
            Ok(response) => process_userinfo_response(&response, claims.subject(), spec.claims),
            Err(_) => {
                journal.record(FlowEvent::UserinfoReceived { usable: false });
                return Ok(None);
            }
        };
        inspect::record(|redactor| {
            let actual = match &outcome {
                Ok(_) => redactor.personal(claims.subject()),
                Err(error) => inspect::Value::of_log(&error.to_string()),
            };
            let same = !matches!(outcome, Err(UserinfoError::SubjectMismatch));
            let expected = redactor.personal(claims.subject());
            Step::check(CheckResult::of(Check::UserinfoSubject, expected, actual, same))
        });
        journal.record(FlowEvent::UserinfoReceived { usable: outcome.is_ok() });
        match outcome {
            Err(error @ UserinfoError::SubjectMismatch) => Err(error.into()),
            outcome => Ok(outcome.ok()),
        }
    }
}

/// Which of our clients a token is for. Unverified: it selects among our clients, and the verification checks `aud`.
pub(super) fn audience_of<'a>(id_token: &str, client_ids: &[&'a str]) -> &'a str {
    if let [only] = client_ids {
        return only;
    }
    let claims = unverified_claims(id_token);
    let names = |client_id: &&&str| match &claims["aud"] {
        Value::Array(audiences) => audiences.iter().any(|audience| audience == **client_id),
        audience => audience == **client_id,
    };
    client_ids.iter().find(names).or(client_ids.first()).copied().unwrap_or_default()
}

fn is_incomplete(spec: &OidcSpec, claims: &Claims) -> bool {
    let is_missing = |claim| claims.text(claim).is_none_or(str::is_empty);
    spec.userinfo_completes && (is_missing("email") || is_missing("name") || claims.get("email_verified").is_none())
}
