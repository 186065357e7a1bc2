//! When and from where an email was caused.

use crate::{
    accounts::{EmailKind, EmailMessage},
    mail::{dates, outside, render::Site},
};

/// How `accounts` describes a browser that it does not know.
const UNKNOWN: &str = "Unknown browser";

/// One sentence.
pub(super) fn cause(message: &EmailMessage, site: &Site) -> String {
    let cause = &message.cause;
    let at = dates::words(cause.at, cause.zone.as_deref());
    if let EmailKind::AccountAtRisk { provider } | EmailKind::DataDeleted { provider, .. } = &message.kind
        && cause.ip.is_empty()
    {
        return format!("{} reported this to us on {at}.", site.label(provider));
    }
    if cause.device.is_empty() && cause.ip.is_empty() {
        return format!("The site's administrator did this on {at}.");
    }
    let device =
        outside::device(&cause.device).unwrap_or_else(|| UNKNOWN.to_owned()).replacen(UNKNOWN, "an unknown browser", 1);
    let ip = outside::ip(&cause.ip).unwrap_or_else(|| "unknown".to_owned());
    let what = match &message.kind {
        EmailKind::NewDevice { .. } => "The sign-in was",
        EmailKind::FailedTries { .. } => "The last attempt was",
        EmailKind::TokenReused => "The token was presented",
        kind if is_change(kind) => "This was done",
        _ => "This was requested",
    };
    format!("{what} on {at}, from {device} (IP address: {ip}).")
}

/// Something in the account is no longer as it was.
fn is_change(kind: &EmailKind) -> bool {
    matches!(
        kind,
        EmailKind::EmailChanged { .. }
            | EmailKind::MethodAdded { .. }
            | EmailKind::MethodRemoved { .. }
            | EmailKind::PasskeyAdded { .. }
            | EmailKind::PasskeyRemoved { .. }
            | EmailKind::SecondFactorAdded { .. }
            | EmailKind::SecondFactorReplaced { .. }
            | EmailKind::SecondFactorRemoved { .. }
            | EmailKind::RecoveryCodesReplaced
            | EmailKind::RecoveryCodeUsed { .. }
            | EmailKind::PasswordChanged { .. }
            | EmailKind::AccountDeleted { .. }
    )
}
