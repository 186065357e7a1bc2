//! The error codes of the JSON API. Programs read the code, developers the message.

use super::codes;

codes! {
    /// The `error.code` of a failed request to `/api/*`. Each code has one HTTP status and one message.
    ApiError {
        /// The body is not a JSON object, has a duplicate member, or is nested too deeply.
        InvalidJson = "invalid_json",
        /// A part of the request is missing, has the wrong type, or contradicts another.
        InvalidRequest = "invalid_request",
        /// No provider of this name is enabled.
        UnknownProvider = "unknown_provider",
        /// The provider issues no verifiable tokens of this kind.
        TokenKindUnsupported = "token_kind_unsupported",
        /// An id_token was sent without the nonce cookie or value that binds it to this device.
        NonceRequired = "nonce_required",
        /// The nonce belongs to another device, was used, has expired, or is not in the token.
        NonceInvalid = "nonce_invalid",
        /// The provider's token was issued to another client.
        TokenOfAnotherClient = "token_of_another_client",
        /// The provider's token failed verification.
        ProviderTokenInvalid = "provider_token_invalid",
        /// The provider's token was used for a sign-in before (`API_NONCE=off`).
        ProviderTokenUsed = "provider_token_used",
        /// The request has no credentials, or they belong to no open session.
        NotSignedIn = "not_signed_in",
        /// Latchkey's access token is invalid or expired, or its session has ended.
        InvalidToken = "invalid_token",
        /// The refresh token is unknown or was used, or its session has ended.
        RefreshTokenInvalid = "refresh_token_invalid",
        /// The code is wrong, or was used.
        SecondFactorInvalid = "second_factor_invalid",
        /// The second step took too long, had too many tries, or is done.
        SecondFactorExpired = "second_factor_expired",
        /// The provider account is outside the domain that the configuration admits.
        NotPermitted = "not_permitted",
        /// The user has no account, and none are created (`SIGN_UP=closed`).
        SignUpClosed = "sign_up_closed",
        /// The user has no account, and no invitation to a verified email (`SIGN_UP=invited`).
        InvitationRequired = "invitation_required",
        /// The user has no account, and no verified email of a permitted domain (`SIGN_UP=domains:…`).
        EmailNotPermitted = "email_not_permitted",
        /// An operator disabled the user.
        AccountDisabled = "account_disabled",
        /// The user has to verify an email address first (`EMAIL_ADDRESS=required`).
        AddressRequired = "address_required",
        /// The provider's token is accepted, and the user's second factor is due: the code goes with `second_factor_token`.
        SecondFactorRequired = "second_factor_required",
        /// A page of another origin sent the request (CSRF).
        CrossOrigin = "cross_origin",
        /// No route has this path.
        NotFound = "not_found",
        /// The user has no such session, or it has ended.
        SessionNotFound = "session_not_found",
        /// The path exists, but not with this method.
        MethodNotAllowed = "method_not_allowed",
        /// The body did not arrive in time.
        RequestTimeout = "request_timeout",
        /// An account with this email address exists; its owner has to sign in and confirm the link.
        LinkRequired = "link_required",
        /// The body exceeds the size limit.
        BodyTooLarge = "body_too_large",
        /// The body is not JSON in UTF-8, or it is compressed.
        UnsupportedMediaType = "unsupported_media_type",
        /// The client's IP address exceeded its rate limit.
        TooManyRequests = "too_many_requests",
        /// An internal error; the log has the cause.
        ServerError = "server_error",
        /// Only the operator can help: the client or its secret is wrong at the provider.
        SiteMisconfigured = "site_misconfigured",
        /// The provider's metadata is unusable.
        ProviderMetadata = "provider_metadata",
        /// The provider's key set is unusable.
        ProviderKeys = "provider_keys",
        /// The provider signs with an algorithm that sign-ins do not accept.
        ProviderAlgorithm = "provider_algorithm",
        /// A response of the provider cannot be read.
        ProviderResponse = "provider_response",
        /// The provider cannot be reached, answers too slowly or with a server error, or limits the rate.
        ProviderUnavailable = "provider_unavailable",
        /// The server is overloaded, or the database cannot be reached.
        Unavailable = "unavailable",
    }
}

impl ApiError {
    pub const fn status(self) -> u16 {
        match self {
            Self::InvalidJson
            | Self::InvalidRequest
            | Self::UnknownProvider
            | Self::TokenKindUnsupported
            | Self::NonceRequired => 400,
            Self::NonceInvalid
            | Self::TokenOfAnotherClient
            | Self::ProviderTokenInvalid
            | Self::ProviderTokenUsed
            | Self::NotSignedIn
            | Self::InvalidToken
            | Self::RefreshTokenInvalid
            | Self::SecondFactorInvalid
            | Self::SecondFactorExpired => 401,
            Self::NotPermitted
            | Self::SignUpClosed
            | Self::InvitationRequired
            | Self::EmailNotPermitted
            | Self::AccountDisabled
            | Self::AddressRequired
            | Self::SecondFactorRequired
            | Self::CrossOrigin => 403,
            Self::NotFound | Self::SessionNotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::RequestTimeout => 408,
            Self::LinkRequired => 409,
            Self::BodyTooLarge => 413,
            Self::UnsupportedMediaType => 415,
            Self::TooManyRequests => 429,
            Self::ServerError | Self::SiteMisconfigured => 500,
            Self::ProviderMetadata | Self::ProviderKeys | Self::ProviderAlgorithm | Self::ProviderResponse => 502,
            Self::ProviderUnavailable | Self::Unavailable => 503,
        }
    }

    /// One English sentence: what is wrong and what to do.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::InvalidJson => "The body is not a JSON object with unique member names.",
            Self::InvalidRequest => "A part of the request is missing, has the wrong type, or contradicts another.",
            Self::UnknownProvider => "No provider of this name is enabled.",
            Self::TokenKindUnsupported => "This provider issues no verifiable tokens of this kind.",
            Self::NonceRequired => {
                "Get a nonce from /api/auth/nonce first and pass it to the provider, which puts it into the id_token."
            }
            Self::NonceInvalid => {
                "The nonce was issued to another device, was used, has expired, or is not in the id_token."
            }
            Self::TokenOfAnotherClient => "The token was issued to a client that is not configured for this provider.",
            Self::ProviderTokenInvalid => "The provider's token is not valid for signing in.",
            Self::ProviderTokenUsed => "The provider's token was used before; get a new one from the provider.",
            Self::NotSignedIn => "Sign in first.",
            Self::InvalidToken => "The access token is invalid or expired, or its session has ended.",
            Self::RefreshTokenInvalid => "The refresh token is invalid, or its session has ended; sign in again.",
            Self::SecondFactorInvalid => "The code is wrong, or was used; ask for the present one.",
            Self::SecondFactorExpired => "The sign-in took too long, had too many tries, or is done; start again.",
            Self::SecondFactorRequired => {
                "Send a code of the user's authenticator app with the second_factor_token, or open the url."
            }
            Self::NotPermitted => "This account may not sign in here.",
            Self::SignUpClosed => "No new accounts are created here; sign in with an existing one.",
            Self::InvitationRequired => {
                "New accounts need an invitation to an email address that the provider hosts; ask the administrator for one, or open its link in a browser."
            }
            Self::EmailNotPermitted => {
                "New accounts need an email address of a permitted domain, hosted by the provider; use another account."
            }
            Self::AccountDisabled => "This account is disabled.",
            Self::AddressRequired => "The user has to verify an email address first, on the page at the url.",
            Self::CrossOrigin => "Requests from this origin are not allowed.",
            Self::NotFound => "No resource has this path.",
            Self::SessionNotFound => "There is no such session.",
            Self::MethodNotAllowed => "This path does not support this method.",
            Self::RequestTimeout => "The body did not arrive in time.",
            Self::LinkRequired => {
                "An account with this email address exists; the user can sign in and link it at the url."
            }
            Self::BodyTooLarge => "The body is too long.",
            Self::UnsupportedMediaType => "The body must be application/json in UTF-8, and not compressed.",
            Self::TooManyRequests => "Too many requests; retry after the time in Retry-After.",
            Self::ServerError => "Internal error; the log has the cause under the request id.",
            Self::SiteMisconfigured => "This site is not set up correctly for the provider; tell its administrator.",
            Self::ProviderMetadata => "The configuration that the provider publishes cannot be used.",
            Self::ProviderKeys => "The signing keys that the provider publishes cannot be used.",
            Self::ProviderAlgorithm => "The provider signs its tokens in a way that this site does not accept.",
            Self::ProviderResponse => "The provider sent a response that cannot be read.",
            Self::ProviderUnavailable => "The provider does not respond; try again later.",
            Self::Unavailable => "The service is unavailable; try again later.",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn codes_are_unique_and_have_a_status_and_a_message() {
        let codes: BTreeSet<_> = ApiError::ALL.iter().map(|code| code.code()).collect();
        let sentences: BTreeSet<_> = ApiError::ALL.iter().map(|code| code.sentence()).collect();
        assert_eq!((codes.len(), sentences.len()), (ApiError::ALL.len(), ApiError::ALL.len()));
        for code in ApiError::ALL {
            assert!((400..600).contains(&code.status()), "{code:?}");
            assert!(code.sentence().ends_with('.'), "{code:?}");
            assert_eq!(ApiError::from_code(code.code()), Some(*code));
        }
        assert_eq!(ApiError::from_code("<script>"), None);
    }
}
