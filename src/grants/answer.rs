//! What an API's response says about the grant.
//!
//! Source: "Resolve errors" of Google Drive (developers.google.com/workspace/drive/api/guides/handle-errors) and "Handle API
//! errors" of Google Calendar (…/calendar/api/guides/errors), read November 2026: the status says little, the reasons in
//! the envelope decide.

use std::time::Duration;

use serde_json::Value;

use crate::oauth::{HttpResponse, parse_received_json};

/// Reasons of a 403 that mean a rate limit or a used-up quota.
const LIMITS: [&str; 8] = [
    "rateLimitExceeded",
    "userRateLimitExceeded",
    "quotaExceeded",
    "dailyLimitExceeded",
    "sharingRateLimitExceeded",
    "RATE_LIMIT_EXCEEDED",
    "RESOURCE_EXHAUSTED",
    "RESOURCE_QUOTA_EXCEEDED",
];
/// Reasons of a 403 that mean a missing scope. Not `insufficientFilePermissions`, which is about a file.
const SCOPES: [&str; 3] = ["insufficientPermissions", "insufficientScope", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"];

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// 200, 400 or 404: the caller reads it.
    Usable,
    /// 401: the token is not accepted.
    Unauthorized,
    /// 403: the token lacks the scope.
    ScopeMissing,
    /// 429, or 403 with one of [`LIMITS`].
    RateLimited {
        /// From the response.
        retry_after: Option<Duration>,
    },
    /// 403 for another reason; the first one, for the log.
    Refused(String),
    /// 5xx, or an unexpected status. Redirects are among them: a request with a token never follows one.
    Unavailable,
}

pub(super) fn judge(response: &HttpResponse) -> Verdict {
    match response.status {
        200 | 400 | 404 => Verdict::Usable,
        401 => Verdict::Unauthorized,
        429 => Verdict::RateLimited { retry_after: response.retry_after() },
        403 => {
            let reasons = reasons(&response.body);
            let any_of = |known: &[&str]| reasons.iter().any(|reason| known.contains(&reason.as_str()));
            if any_of(&SCOPES) {
                Verdict::ScopeMissing
            } else if any_of(&LIMITS) {
                Verdict::RateLimited { retry_after: response.retry_after() }
            } else {
                Verdict::Refused(reasons.into_iter().next().unwrap_or_else(|| "no reason".to_owned()))
            }
        }
        _ => Verdict::Unavailable,
    }
}

/// The reasons in Google's envelope: those of `errors`, those of `details` (google.rpc.ErrorInfo), the canonical status.
/// Only what looks like a code: the rest of the response is untrusted text.
fn reasons(body: &[u8]) -> Vec<String> {
    let Ok(document) = parse_received_json(body, &[]) else { return Vec::new() };
    let error = &document["error"];
    let listed = ["errors", "details"].into_iter().filter_map(|list| error[list].as_array()).flatten();
    let reasons = listed.map(|entry| &entry["reason"]).chain([&error["status"]]);
    reasons.filter_map(Value::as_str).filter(|reason| is_a_code(reason)).map(str::to_owned).collect()
}

fn is_a_code(reason: &str) -> bool {
    (1..=64).contains(&reason.len()) && reason.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    fn response(status: u16, body: &[u8]) -> HttpResponse {
        HttpResponse { status, body: body.to_vec(), ..HttpResponse::default() }
    }

    fn because(status: u16, reason: &str) -> Verdict {
        let body = json!({ "error": { "code": status, "errors": [{ "domain": "global", "reason": reason }] } });
        judge(&response(status, body.to_string().as_bytes()))
    }

    #[rstest]
    #[case(200, Verdict::Usable)]
    #[case(400, Verdict::Usable)]
    #[case(404, Verdict::Usable)]
    #[case(401, Verdict::Unauthorized)]
    #[case(500, Verdict::Unavailable)]
    #[case(503, Verdict::Unavailable)]
    #[case(302, Verdict::Unavailable)]
    #[case(204, Verdict::Unavailable)]
    #[case(410, Verdict::Unavailable)]
    fn a_status_is_judged_without_a_body(#[case] status: u16, #[case] verdict: Verdict) {
        assert_eq!(judge(&response(status, b"")), verdict);
        assert_eq!(because(status, "rateLimitExceeded"), verdict, "reasons matter with a 403 only");
    }

    #[rstest]
    #[case("rateLimitExceeded", Verdict::RateLimited { retry_after: None })]
    #[case("userRateLimitExceeded", Verdict::RateLimited { retry_after: None })]
    #[case("dailyLimitExceeded", Verdict::RateLimited { retry_after: None })]
    #[case("quotaExceeded", Verdict::RateLimited { retry_after: None })]
    #[case("insufficientPermissions", Verdict::ScopeMissing)]
    #[case("insufficientFilePermissions", Verdict::Refused("insufficientFilePermissions".into()))]
    #[case("domainPolicy", Verdict::Refused("domainPolicy".into()))]
    #[case("accessNotConfigured", Verdict::Refused("accessNotConfigured".into()))]
    fn a_403_is_judged_by_its_reason(#[case] reason: &str, #[case] verdict: Verdict) {
        assert_eq!(because(403, reason), verdict);
    }

    #[test]
    fn the_newer_error_format_is_understood() {
        let details = json!({ "error": { "code": 403, "status": "PERMISSION_DENIED", "details": [
            { "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT" },
        ] } });
        assert_eq!(judge(&response(403, details.to_string().as_bytes())), Verdict::ScopeMissing);
        let exhausted = json!({ "error": { "code": 403, "status": "RESOURCE_EXHAUSTED" } });
        let limited = Verdict::RateLimited { retry_after: None };
        assert_eq!(judge(&response(403, exhausted.to_string().as_bytes())), limited);
    }

    #[test]
    fn unused_members_change_nothing() {
        for other in
            [r#""code":403,"code":"403","#, r#""errors":null,"#, r#""details":[],"message":{},"#, r#""errors":[7,{}],"#]
        {
            let body = format!(r#"{{"error":{{{other}"status":"RESOURCE_EXHAUSTED"}},"error_description":7}}"#);
            assert_eq!(judge(&response(403, body.as_bytes())), Verdict::RateLimited { retry_after: None }, "{other}");
        }
    }

    #[test]
    fn retry_after_is_kept() {
        let wait = HttpResponse { status: 429, retry_after: Some("30".into()), ..HttpResponse::default() };
        assert_eq!(judge(&wait), Verdict::RateLimited { retry_after: Some(Duration::from_secs(30)) });
        let some_day = HttpResponse { status: 429, retry_after: Some("tomorrow".into()), ..HttpResponse::default() };
        assert_eq!(judge(&some_day), Verdict::RateLimited { retry_after: None });
    }

    #[test]
    fn only_a_code_is_a_reason() {
        let hostile = "<script>alert(1)</script>\r\n";
        assert_eq!(because(403, hostile), Verdict::Refused("no reason".into()));
        assert_eq!(because(403, &"x".repeat(65)), Verdict::Refused("no reason".into()));
    }

    proptest! {
        #[test]
        fn any_response_is_judged(status in 100_u16..=599, body in proptest::collection::vec(any::<u8>(), 0..200)) {
            judge(&response(status, &body));
        }
    }
}
