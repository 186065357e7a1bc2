//! `/admin` and `/admin/user`, for administrators.

use super::{ActivityView, Notice};
use crate::codes::form_error::FormError;

/// `/admin`: users, the newest first, or those that a search found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdminView {
    pub notice: Option<Notice>,
    /// What was searched for.
    pub search: Option<String>,
    pub users: Vec<UserRowView>,
    /// The last id of this page, if another one follows.
    pub next: Option<String>,
    /// Why an invitation failed.
    pub form_error: Option<FormError>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserRowView {
    pub id: String,
    pub name: Option<String>,
    /// The address and whether it is verified.
    pub email: Option<(String, bool)>,
    pub created_at: i64,
    pub disabled: bool,
}

/// `/admin/user`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdminUserView {
    pub notice: Option<Notice>,
    pub user: UserRowView,
    /// The administrator themselves, who has their settings.
    pub is_self: bool,
    /// Each a line: a provider's label with its account, or "Password".
    pub methods: Vec<String>,
    /// Each a line: device, IP address.
    pub sessions: Vec<(String, i64)>,
    /// Each a line: a provider's label and the state.
    pub grants: Vec<String>,
    pub activity: Vec<ActivityView>,
    /// The id of the last event, if others follow.
    pub next: Option<String>,
    /// The word that confirms the deletion.
    pub word: String,
    pub form_error: Option<FormError>,
}
