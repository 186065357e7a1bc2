//! An authorization response arrives: the redirect URI of every provider.

use leptos::{prelude::*, server_fn::codec::GetUrl};

/// GET `/auth/callback/{provider}`; the edge has put the provider, taken from the path, and whatever else the arrival
/// needs into the context; of a response that names a parameter twice it lets the state through alone.
///
/// It never returns `Err`: without JavaScript an error would be answered by a redirect to the `Referer`, which here
/// is the provider. Every way out is a 303 to an address of ours, or 503.
///
/// # Errors
/// Never.
#[server(name = Callback, prefix = "/auth", endpoint = "callback", input = GetUrl)]
pub async fn callback(
    /// `code`, RFC 6749 §4.1.2.
    code: Option<String>,
    /// `state`.
    state: Option<String>,
    /// `iss`, RFC 9207.
    iss: Option<String>,
    /// `error`, RFC 6749 §4.1.2.1.
    error: Option<String>,
) -> Result<(), ServerFnError> {
    use axum::http::{HeaderValue, StatusCode, header};
    use leptos_axum::ResponseOptions;
    use tracing::Instrument;

    use crate::{
        accounts::{Purpose, Reason},
        codes::{
            access::Access,
            outcome::{Done, Trouble},
            percent::with_return_to,
            refusal::Refusal,
        },
        oauth::{
            AuthorizationErrorCode as Code, AuthorizationResponse, AuthorizationResponseError, ResourceError,
            TokenError,
        },
        relying_party::{CompleteError, ReturnTo},
        sessions::{Arrival, Arrived, RefusedArrival},
    };

    /// What the person is told.
    fn refusal_of(refused: &RefusedArrival) -> Refusal {
        match refused {
            RefusedArrival::UnknownFlow => Refusal::FlowUnknown,
            RefusedArrival::ExpiredFlow => Refusal::FlowExpired,
            RefusedArrival::UsedFlow => Refusal::FlowUsed,
            RefusedArrival::OtherProvider => Refusal::ResponseMismatch,
            RefusedArrival::NothingWaits => Refusal::LinkRequired,
            RefusedArrival::Policy(Reason::UserDisabled) => Refusal::AccountDisabled,
            RefusedArrival::Policy(_) => Refusal::ProviderInvalid,
            RefusedArrival::Flow(error) => refusal_of_flow(error),
            RefusedArrival::Store(_) | RefusedArrival::Session(_) | RefusedArrival::NoRandomness => {
                Refusal::ServerError
            }
        }
    }

    /// Where it came to what it was for.
    fn page_of(arrived: &Arrived) -> String {
        match arrived {
            Arrived::There(return_to) => return_to.as_str().to_owned(),
            Arrived::Prompted => "/link".to_owned(),
            Arrived::Linked { already: false } => format!("/settings?done={}", Done::Linked.code()),
            Arrived::Linked { already: true } => format!("/settings?done={}", Done::AlreadyLinked.code()),
            Arrived::NotLinked => format!("/settings?error={}", Trouble::LinkedElsewhere.code()),
            Arrived::Granted(return_to) => return_to.as_str().to_owned(),
            Arrived::Declined(access) => format!("{}?error={}", access.page(), Trouble::ScopeDeclined.code()),
        }
    }

    /// Who was about to do something on a page goes back to that page.
    fn page_of_refusal(
        purpose: &Purpose,
        access: Option<Access>,
        refused: &RefusedArrival,
        slug: &str,
        return_to: Option<&str>,
    ) -> String {
        let code = match refused {
            RefusedArrival::Policy(Reason::ProofOfAnother) => Trouble::ProofOfAnother.code(),
            RefusedArrival::Policy(Reason::IdentityOwnedByAnother) => Trouble::LinkedElsewhere.code(),
            RefusedArrival::NothingWaits => Trouble::LinkExpired.code(),
            RefusedArrival::Policy(Reason::GrantForAnotherIdentity) => Trouble::OtherAccount.code(),
            RefusedArrival::Policy(Reason::GrantIdentityNotLinked) => Trouble::NotThere.code(),
            RefusedArrival::Policy(Reason::SessionOfAnother | Reason::SessionMissing) => Refusal::FlowUnknown.code(),
            _ => refusal_of(refused).code(),
        };
        match purpose {
            Purpose::SignIn => refusal_of(refused).login_path(Some(slug), return_to),
            Purpose::Link { .. } => format!("/settings?error={code}&provider={slug}"),
            Purpose::Grant { .. } => {
                format!("{}?error={code}&provider={slug}", access.map_or("/settings", Access::page))
            }
            Purpose::ResolveLink { .. } => format!("/link?error={code}&provider={slug}"),
            Purpose::Reauthenticate { .. } => {
                let page = with_return_to("/confirm", Some(return_to.unwrap_or("/settings")));
                format!("{page}&error={code}&provider={slug}")
            }
        }
    }

    fn refusal_of_flow(error: &CompleteError) -> Refusal {
        match error {
            CompleteError::Response(AuthorizationResponseError::Provider(code)) => match code {
                Code::AccessDenied => Refusal::Cancelled,
                Code::LoginRequired
                | Code::InteractionRequired
                | Code::ConsentRequired
                | Code::AccountSelectionRequired => Refusal::InteractionRequired,
                Code::TemporarilyUnavailable | Code::ServerError => Refusal::ProviderUnavailable,
                _ => Refusal::ProviderRefused,
            },
            CompleteError::Response(_) => Refusal::ResponseMismatch,
            CompleteError::Token(TokenError::Refused(_)) => Refusal::ProviderRefused,
            CompleteError::Token(TokenError::Response(fault)) if fault.is_unavailable() => Refusal::ProviderUnavailable,
            CompleteError::Api(ResourceError::Response(fault)) if fault.is_unavailable() => {
                Refusal::ProviderUnavailable
            }
            CompleteError::Token(_)
            | CompleteError::IdToken(_)
            | CompleteError::Userinfo(_)
            | CompleteError::Api(_)
            | CompleteError::NoProfile => Refusal::ProviderInvalid,
            CompleteError::NotAdmitted => Refusal::NotPermitted,
            CompleteError::Metadata(_)
            | CompleteError::BreakerOpen
            | CompleteError::Http(_)
            | CompleteError::Keys(_) => Refusal::ProviderUnavailable,
            CompleteError::ProviderChanged | CompleteError::Client(_) => Refusal::ServerError,
        }
    }

    let reply = expect_context::<ResponseOptions>();
    let arrival = expect_context::<Arrival>();
    let slug = arrival.provider.clone();
    let signed_in = arrival.visit.signed_in.is_some();
    let response = AuthorizationResponse::new(code, state, iss, error);
    // A browser that goes away drops this request's future. The code is spent by then: what it bought must not be lost
    // half way.
    let landing = arrival.visit.tasks.clone().spawn(arrival.complete(response).in_current_span()).await;
    let (location, cookies) = match landing {
        Ok(landing) => match landing.outcome {
            Ok(arrived) => (page_of(&arrived), landing.cookies),
            Err(refused) if refused.is_our_database() => {
                reply.set_status(StatusCode::SERVICE_UNAVAILABLE);
                reply.insert_header(header::RETRY_AFTER, HeaderValue::from_static("5"));
                return Ok(());
            }
            Err(refused) => {
                let return_to = landing.return_to.as_ref().map(ReturnTo::as_str);
                let page = match &landing.purpose {
                    Some(purpose) if signed_in || matches!(purpose, Purpose::ResolveLink { .. }) => {
                        page_of_refusal(purpose, landing.access, &refused, &slug, return_to)
                    }
                    _ => refusal_of(&refused).login_path(Some(&slug), return_to),
                };
                (page, landing.cookies)
            }
        },
        Err(error) => {
            tracing::error!(%error, "an arrival did not end");
            (Refusal::ServerError.login_path(Some(&slug), None), Vec::new())
        }
    };
    reply.set_status(StatusCode::SEE_OTHER);
    if let Ok(location) = HeaderValue::from_str(&location) {
        reply.insert_header(header::LOCATION, location);
    }
    for cookie in cookies {
        reply.append_header(header::SET_COOKIE, cookie);
    }
    Ok(())
}
