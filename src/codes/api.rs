//! What goes wrong at the JSON API: a closed list. A program reads the code, a person the sentence.

use super::outcome::codes;

codes! {
    /// Why a request to `/api/*` was not carried out. Each code has one status and one sentence.
    ApiCode {
        /// The body is no JSON object, or names a member twice, or is nested too deep.
        InvalidJson = "invalid_json",
        /// A part of the request is missing, of the wrong type, or at odds with another.
        InvalidRequest = "invalid_request",
        /// No provider of this name is switched on.
        UnknownProvider = "unknown_provider",
        /// The provider gives no tokens of this kind that could be checked.
        TokenKindUnsupported = "token_kind_unsupported",
        /// An id_token came without anything that shows which nonce this device got.
        NonceRequired = "nonce_required",
        /// The nonce is not this device's, was used, ran out, or is not in the token.
        NonceInvalid = "nonce_invalid",
        /// The provider's token was given to somebody else's client.
        TokenOfAnotherClient = "token_of_another_client",
        /// The provider's token is not good for signing in.
        ProviderTokenInvalid = "provider_token_invalid",
        /// The provider's token was used here before (`API_NONCE=off`).
        ProviderTokenUsed = "provider_token_used",
        /// Nobody is signed in by this request.
        NotSignedIn = "not_signed_in",
        /// The access token of ours is wrong, expired, or its session is over.
        InvalidToken = "invalid_token",
        /// The refresh token is unknown, was used, or its session is over.
        RefreshTokenInvalid = "refresh_token_invalid",
        /// The provider says who it is, and the configuration admits others only.
        NotPermitted = "not_permitted",
        /// The user was disabled.
        AccountDisabled = "account_disabled",
        /// The user needs a confirmed e-mail address first (`EMAIL_ADDRESS=required`).
        AddressRequired = "address_required",
        /// A page of another origin sent this.
        CrossOrigin = "cross_origin",
        /// There is nothing at this address.
        NotFound = "not_found",
        /// There is no such session of this user (any more).
        SessionNotFound = "session_not_found",
        /// The address is there, the method is not.
        MethodNotAllowed = "method_not_allowed",
        /// The body did not come in time.
        RequestTimeout = "request_timeout",
        /// The address is a user's with other ways in: they have to show that the account is theirs.
        LinkRequired = "link_required",
        /// The body is longer than anything that we read.
        BodyTooLarge = "body_too_large",
        /// The body is something else than JSON in UTF-8, or compressed.
        UnsupportedMediaType = "unsupported_media_type",
        /// Too many requests from this address.
        TooManyRequests = "too_many_requests",
        /// Our own fault; the log has the cause.
        ServerError = "server_error",
        /// The provider cannot be asked at the moment.
        ProviderUnavailable = "provider_unavailable",
        /// We cannot serve at the moment.
        Unavailable = "unavailable",
    }
}

impl ApiCode {
    /// The HTTP status that comes with it.
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
            | Self::RefreshTokenInvalid => 401,
            Self::NotPermitted | Self::AccountDisabled | Self::AddressRequired | Self::CrossOrigin => 403,
            Self::NotFound | Self::SessionNotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::RequestTimeout => 408,
            Self::LinkRequired => 409,
            Self::BodyTooLarge => 413,
            Self::UnsupportedMediaType => 415,
            Self::TooManyRequests => 429,
            Self::ServerError => 500,
            Self::ProviderUnavailable | Self::Unavailable => 503,
        }
    }

    /// The same in a sentence, with what to do about it.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::InvalidJson => "The body is not a JSON object whose members have different names.",
            Self::InvalidRequest => "A part of the request is missing, has the wrong type, or contradicts another.",
            Self::UnknownProvider => "No provider of this name is switched on.",
            Self::TokenKindUnsupported => "This provider gives no tokens of this kind that we could check.",
            Self::NonceRequired => {
                "Ask /api/auth/nonce for a nonce first, and let the provider put it into the id_token."
            }
            Self::NonceInvalid => {
                "The nonce was not given to this device, was used, ran out, or is not in the id_token."
            }
            Self::TokenOfAnotherClient => {
                "The token was given to another client than those that are set for this provider."
            }
            Self::ProviderTokenInvalid => "The provider's token is not valid for signing in.",
            Self::ProviderTokenUsed => "The provider's token was used before; get a new one.",
            Self::NotSignedIn => "Nobody is signed in.",
            Self::InvalidToken => "The access token is not valid, or its session is over.",
            Self::RefreshTokenInvalid => "The refresh token is not valid, or its session is over; sign in again.",
            Self::NotPermitted => "Accounts of this kind are not admitted here.",
            Self::AccountDisabled => "This account is disabled.",
            Self::AddressRequired => "A confirmed e-mail address is needed first; the page at the url asks for it.",
            Self::CrossOrigin => "Requests from pages of this origin are not allowed.",
            Self::NotFound => "There is nothing at this address.",
            Self::SessionNotFound => "There is no such session.",
            Self::MethodNotAllowed => "This address does not know this method.",
            Self::RequestTimeout => "The body did not arrive in time.",
            Self::LinkRequired => {
                "There is an account with this e-mail address already; its owner can go on at the url."
            }
            Self::BodyTooLarge => "The body is too long.",
            Self::UnsupportedMediaType => "The body must be application/json in UTF-8, and not compressed.",
            Self::TooManyRequests => "Too many requests; wait as Retry-After says.",
            Self::ServerError => "Something went wrong here; the log has the cause under the request's id.",
            Self::ProviderUnavailable => "The provider does not answer at the moment; try again later.",
            Self::Unavailable => "The service is not available at the moment; try again later.",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_code_is_its_own_and_has_an_error_status_and_a_sentence() {
        let codes: BTreeSet<_> = ApiCode::ALL.iter().map(|code| code.code()).collect();
        let sentences: BTreeSet<_> = ApiCode::ALL.iter().map(|code| code.sentence()).collect();
        assert_eq!((codes.len(), sentences.len()), (ApiCode::ALL.len(), ApiCode::ALL.len()));
        for code in ApiCode::ALL {
            assert!((400..600).contains(&code.status()), "{code:?}");
            assert!(code.sentence().ends_with('.'), "{code:?}");
            assert_eq!(ApiCode::from_code(code.code()), Some(*code));
        }
        assert_eq!(ApiCode::from_code("<script>"), None);
    }
}
