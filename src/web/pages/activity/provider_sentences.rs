//! Sentences for what happened with a provider, whose display name they take.

use super::sentences::Concern;
use crate::{
    accounts::{DecisionOutcome, PurposeKind},
    codes::access::Access,
    oidc::SecurityEventKind,
    ui::wording,
};

pub(super) fn provider_reported(label: &str, kind: SecurityEventKind) -> (String, Concern) {
    let says = |what: &str, is_alarm| {
        (format!("{label} reported that {what}"), if is_alarm { Concern::Always } else { Concern::None })
    };
    match kind {
        SecurityEventKind::Logout => (format!("Signed out at {label}"), Concern::None),
        SecurityEventKind::SessionsRevoked => says("you were signed out there", false),
        SecurityEventKind::TokensRevoked | SecurityEventKind::TokenRevoked => says("access was revoked there", false),
        SecurityEventKind::AccountDisabled => says("your account there was disabled", true),
        SecurityEventKind::AccountHijacked => says("someone else may have used your account there", true),
        SecurityEventKind::AccountEnabled => says("your account there works again", false),
        SecurityEventKind::AccountPurged => says("your account there was deleted", true),
        SecurityEventKind::ConsentRevoked => says("you no longer use it for this site", false),
        SecurityEventKind::DataDeletionRequested => says("you asked for your data here to be deleted", true),
        SecurityEventKind::CredentialCompromised => says("a password or key of your account there was stolen", true),
        SecurityEventKind::CredentialChangeRequired => says("your password there has to be changed", true),
        SecurityEventKind::EmailDisabled => says("it no longer forwards emails to you", true),
        SecurityEventKind::EmailEnabled => says("it forwards emails to you again", false),
        SecurityEventKind::Verification => says("it tested the connection", false),
    }
}

pub(super) fn decision(
    purpose: PurposeKind,
    outcome: DecisionOutcome,
    access: Option<Access>,
    label: &str,
) -> (String, Concern) {
    let calm = |what: String| (what, Concern::None);
    let alarm = |what: String| (what, Concern::Always);
    let data = || access.map_or_else(|| format!("data at {label}"), |access| wording::access::name(access).to_owned());
    match outcome {
        DecisionOutcome::SignIn => match purpose {
            PurposeKind::ResolveLink => calm(format!("Signed in with {label} to link an account")),
            PurposeKind::SignIn | PurposeKind::Link | PurposeKind::Grant | PurposeKind::Reauthenticate => {
                calm(format!("Signed in with {label}"))
            }
        },
        DecisionOutcome::LinkWithoutAsking => calm(format!("Signed in with {label}, which was linked")),
        DecisionOutcome::Prompt => alarm(format!("Someone tried to sign in with {label} using your email address")),
        DecisionOutcome::ClaimFromUnverified | DecisionOutcome::Create => calm(format!("Signed up with {label}")),
        DecisionOutcome::Link => calm(format!("Linked {label}")),
        DecisionOutcome::AlreadyLinked => calm(format!("Linked {label}, which was already linked")),
        DecisionOutcome::LinkedElsewhere => {
            alarm(format!("Tried to link a {label} account that is linked to another user"))
        }
        DecisionOutcome::Reauthenticated => calm(format!("Signed in again with {label} to confirm it was you")),
        DecisionOutcome::Grant => calm(format!("Allowed access to {}", data())),
        DecisionOutcome::ScopeDeclined => calm(format!("Declined access to {}", data())),
        DecisionOutcome::Refused => alarm(format!("{} was refused", attempt(purpose, label))),
    }
}

pub(super) fn attempt(purpose: PurposeKind, label: &str) -> String {
    match purpose {
        PurposeKind::SignIn => format!("A sign-in with {label}"),
        PurposeKind::Link | PurposeKind::ResolveLink => format!("Linking {label}"),
        PurposeKind::Grant => format!("Connecting {label}"),
        PurposeKind::Reauthenticate => format!("Signing in again with {label}"),
    }
}
