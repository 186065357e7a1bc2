//! Which sentence a user reads about a sign-in that failed. "Does not respond" is said only of a provider that does not.

use super::callback_error::CallbackError;
use crate::{
    accounts::Reason,
    codes::sign_in_error::SignInError,
    oauth::{AuthorizationErrorCode as Code, AuthorizationResponseError, ResourceError, TokenError},
    relying_party::{BeginError, CompleteError, ExternalTokenError, ProviderFailure},
};

pub(super) fn of(error: &CallbackError) -> SignInError {
    match error {
        // Only a signed-in user learns that a second factor is needed.
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
    of_failure(error.into())
}

const fn of_failure(failure: ProviderFailure) -> SignInError {
    match failure {
        ProviderFailure::Unavailable { .. } => SignInError::ProviderUnavailable,
        ProviderFailure::Metadata => SignInError::ProviderMetadata,
        ProviderFailure::Keys => SignInError::ProviderKeys,
        ProviderFailure::Algorithm => SignInError::ProviderAlgorithm,
        ProviderFailure::Response => SignInError::ProviderResponse,
        ProviderFailure::Misconfigured => SignInError::SiteMisconfigured,
        ProviderFailure::Internal => SignInError::ServerError,
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
        CompleteError::Http(error) => of_failure(ProviderFailure::of_http(*error, ProviderFailure::Response)),
        CompleteError::Token(TokenError::Refused(_)) => SignInError::ProviderRefused,
        CompleteError::Token(TokenError::Response(error)) | CompleteError::Api(ResourceError::Response(error))
            if error.is_unavailable() =>
        {
            SignInError::ProviderUnavailable
        }
        CompleteError::Api(ResourceError::AccessDenied(401)) => SignInError::ProviderInvalid,
        CompleteError::Api(ResourceError::AccessDenied(_)) => SignInError::ProviderRefused,
        CompleteError::Token(_) | CompleteError::Api(_) => SignInError::ProviderResponse,
        CompleteError::Keys(error) => of_failure(error.into()),
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

fn of_external_token(error: &ExternalTokenError) -> SignInError {
    match error {
        ExternalTokenError::NotAdmitted => SignInError::NotPermitted,
        ExternalTokenError::Provider(failure) => of_failure(*failure),
        _ => SignInError::ProviderInvalid,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::{
        oauth::{DocumentError, ResponseError, TokenErrorCode},
        oidc::{DiscoveryError, JwksError},
        providers::TokenCheckError,
        relying_party::HttpError,
    };

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

    #[rstest]
    #[case::metadata(BeginError::Metadata(DiscoveryError::IssuerMismatch).into(), SignInError::ProviderMetadata)]
    #[case::algorithm(
        BeginError::Metadata(DiscoveryError::NoAcceptedAlgorithm("none".into())).into(),
        SignInError::ProviderAlgorithm
    )]
    #[case::keys(CompleteError::Keys(JwksError::NoUsableKey.into()).into(), SignInError::ProviderKeys)]
    #[case::keys_down(CompleteError::Keys(JwksError::Response(DOWN).into()).into(), SignInError::ProviderUnavailable)]
    #[case::check(TokenCheckError::Malformed(DocumentError::NotAnObject).into(), SignInError::ProviderResponse)]
    #[case::check_down(TokenCheckError::Response(DOWN).into(), SignInError::ProviderUnavailable)]
    #[case::check_moved(TokenCheckError::Response(NOT_FOUND).into(), SignInError::ProviderResponse)]
    #[case::client(TokenCheckError::ClientRefused.into(), SignInError::SiteMisconfigured)]
    #[case::huge(HttpError::TooLarge.into(), SignInError::ProviderResponse)]
    #[case::silent(HttpError::Timeout.into(), SignInError::ProviderUnavailable)]
    #[case::profile_down(CompleteError::Api(DOWN.into()).into(), SignInError::ProviderUnavailable)]
    #[case::breaker(CompleteError::BreakerOpen.into(), SignInError::ProviderUnavailable)]
    #[case::forged(ExternalTokenError::NotOurClient, SignInError::ProviderInvalid)]
    fn token_sign_in_has_the_words_of_the_callback(#[case] error: ExternalTokenError, #[case] expected: SignInError) {
        assert_eq!(of_external_token(&error), expected);
    }
}
