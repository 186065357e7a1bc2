//! Which sentence a user reads about a sign-in that failed. "Does not respond" is said only of a provider that does not.

use super::callback_error::CallbackError;
use crate::{
    accounts::Reason,
    codes::sign_in_error::SignInError,
    oauth::{AuthorizationErrorCode as Code, AuthorizationResponseError, ResourceError, TokenError},
    oidc::{DiscoveryError, JwksError},
    relying_party::{BeginError, CompleteError, ExternalTokenError, HttpError, KeysError},
};

pub(super) fn of(error: &CallbackError) -> SignInError {
    match error {
        // Only a signed-in user is told that a second factor is needed.
        CallbackError::UnknownFlow | CallbackError::SecondFactorNeeded => SignInError::FlowUnknown,
        CallbackError::ExpiredFlow => SignInError::FlowExpired,
        CallbackError::UsedFlow => SignInError::FlowUsed,
        CallbackError::OtherProvider => SignInError::ResponseMismatch,
        CallbackError::NoPendingLink => SignInError::LinkRequired,
        CallbackError::Policy(Reason::UserDisabled) => SignInError::AccountDisabled,
        CallbackError::Policy(Reason::SignUpClosed) => SignInError::SignUpClosed,
        CallbackError::Policy(Reason::NotInvited) => SignInError::InvitationRequired,
        CallbackError::Policy(Reason::DomainNotAdmitted) => SignInError::EmailNotPermitted,
        CallbackError::Policy(_) => SignInError::ProviderInvalid,
        CallbackError::Misconfigured(_) => SignInError::SiteMisconfigured,
        CallbackError::Flow(error) => of_flow(error),
        CallbackError::Token(error) => of_external_token(error),
        CallbackError::Store(_) | CallbackError::Session(_) | CallbackError::NoRandomness => SignInError::ServerError,
    }
}

/// For a sign-in that could not start.
pub fn of_start(error: &BeginError) -> SignInError {
    match error {
        BeginError::BreakerOpen => SignInError::ProviderUnavailable,
        BeginError::Http(error) => of_http(*error, SignInError::ProviderMetadata),
        BeginError::Metadata(DiscoveryError::Response(error)) if error.is_unavailable() => {
            SignInError::ProviderUnavailable
        }
        BeginError::Metadata(DiscoveryError::NoAcceptedAlgorithm { .. }) => SignInError::ProviderAlgorithm,
        BeginError::Metadata(_) => SignInError::ProviderMetadata,
        BeginError::UnknownProvider | BeginError::NotOffered | BeginError::NoRandomness => SignInError::ServerError,
    }
}

fn of_flow(error: &CompleteError) -> SignInError {
    match error {
        CompleteError::Response(AuthorizationResponseError::Provider(code)) => match code {
            Code::AccessDenied => SignInError::Cancelled,
            Code::LoginRequired
            | Code::InteractionRequired
            | Code::ConsentRequired
            | Code::AccountSelectionRequired => SignInError::InteractionRequired,
            Code::TemporarilyUnavailable | Code::ServerError => SignInError::ProviderUnavailable,
            _ => SignInError::ProviderRefused,
        },
        CompleteError::Response(_) => SignInError::ResponseMismatch,
        CompleteError::Metadata(error) => of_start(error),
        CompleteError::BreakerOpen => SignInError::ProviderUnavailable,
        CompleteError::Http(error) => of_http(*error, SignInError::ProviderResponse),
        CompleteError::Token(TokenError::Refused(_)) => SignInError::ProviderRefused,
        CompleteError::Token(TokenError::Response(error)) | CompleteError::Api(ResourceError::Response(error))
            if error.is_unavailable() =>
        {
            SignInError::ProviderUnavailable
        }
        CompleteError::Api(ResourceError::AccessDenied(401)) => SignInError::ProviderInvalid,
        CompleteError::Api(ResourceError::AccessDenied(_)) => SignInError::ProviderRefused,
        CompleteError::Token(_) | CompleteError::Api(_) => SignInError::ProviderResponse,
        CompleteError::Keys(error) => of_keys(error),
        CompleteError::IdToken(error) if error.is_authentication_time_missing() => {
            SignInError::ReauthenticationUnsupported
        }
        CompleteError::IdToken(_) | CompleteError::Userinfo(_) | CompleteError::NoProfile => {
            SignInError::ProviderInvalid
        }
        CompleteError::NotAdmitted => SignInError::NotPermitted,
        CompleteError::ProviderChanged | CompleteError::Client(_) => SignInError::ServerError,
    }
}

fn of_keys(error: &KeysError) -> SignInError {
    match error {
        KeysError::BreakerOpen => SignInError::ProviderUnavailable,
        KeysError::Http(error) => of_http(*error, SignInError::ProviderKeys),
        KeysError::Jwks(JwksError::Response(error)) if error.is_unavailable() => SignInError::ProviderUnavailable,
        KeysError::NoKeys | KeysError::Jwks(_) => SignInError::ProviderKeys,
    }
}

/// `unusable`: for a response that came and cannot be used.
const fn of_http(error: HttpError, unusable: SignInError) -> SignInError {
    match error {
        HttpError::Unreachable | HttpError::NoTunnel | HttpError::Timeout | HttpError::Interrupted => {
            SignInError::ProviderUnavailable
        }
        HttpError::TooLarge => unusable,
        HttpError::ForbiddenAddress(_) | HttpError::MetadataAddress(_) => SignInError::SiteMisconfigured,
        HttpError::Malformed => SignInError::ServerError,
    }
}

fn of_external_token(error: &ExternalTokenError) -> SignInError {
    match error {
        ExternalTokenError::NotAdmitted => SignInError::NotPermitted,
        ExternalTokenError::Unavailable { .. } => SignInError::ProviderUnavailable,
        _ => SignInError::ProviderInvalid,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::oauth::{DocumentError, ResponseError, TokenErrorCode};

    const DOWN: ResponseError = ResponseError::Unavailable { status: 503, retry_after: None };
    const NOT_FOUND: ResponseError = ResponseError::UnexpectedStatus(404);

    #[rstest]
    #[case::down(BeginError::Metadata(DiscoveryError::Response(DOWN)), SignInError::ProviderUnavailable)]
    #[case::silent(BeginError::Http(HttpError::Timeout), SignInError::ProviderUnavailable)]
    #[case::breaker(BeginError::BreakerOpen, SignInError::ProviderUnavailable)]
    #[case::not_found(BeginError::Metadata(DiscoveryError::Response(NOT_FOUND)), SignInError::ProviderMetadata)]
    #[case::other_issuer(BeginError::Metadata(DiscoveryError::IssuerMismatch), SignInError::ProviderMetadata)]
    #[case::no_json(BeginError::Metadata(DocumentError::NotAnObject.into()), SignInError::ProviderMetadata)]
    #[case::huge(BeginError::Http(HttpError::TooLarge), SignInError::ProviderMetadata)]
    #[case::inside(BeginError::Http(HttpError::ForbiddenAddress(std::net::Ipv4Addr::LOCALHOST.into())), SignInError::SiteMisconfigured)]
    fn only_a_silent_provider_does_not_respond(#[case] error: BeginError, #[case] expected: SignInError) {
        assert_eq!(of_start(&error), expected);
        assert_eq!(of_flow(&CompleteError::Metadata(Box::new(error))), expected);
    }

    #[rstest]
    #[case::keys_down(CompleteError::Keys(JwksError::Response(DOWN).into()), SignInError::ProviderUnavailable)]
    #[case::keys_gone(CompleteError::Keys(JwksError::Response(NOT_FOUND).into()), SignInError::ProviderKeys)]
    #[case::no_keys(CompleteError::Keys(JwksError::NoUsableKey.into()), SignInError::ProviderKeys)]
    #[case::token_down(CompleteError::Token(DOWN.into()), SignInError::ProviderUnavailable)]
    #[case::token_html(CompleteError::Token(TokenError::UnexpectedContentType), SignInError::ProviderResponse)]
    #[case::api_html(CompleteError::Api(ResourceError::UnexpectedContentType), SignInError::ProviderResponse)]
    #[case::old_code(
        CompleteError::Token(TokenError::Refused(TokenErrorCode::InvalidGrant)),
        SignInError::ProviderRefused
    )]
    fn each_cause_has_its_own_sentence(#[case] error: CompleteError, #[case] expected: SignInError) {
        assert_eq!(of_flow(&error), expected);
    }
}
