//! `/login/code`.

use crate::codes::form_error::FormError;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInCodeView {
    /// Where the email went, as this browser typed it; `None` if this browser asked for no code, or too long ago.
    pub email: Option<String>,
    /// From the email's link.
    pub code: Option<String>,
    pub return_to: Option<String>,
    /// URL of the sandbox's inbox, if it captures the emails.
    pub inbox: Option<String>,
    /// No further email was sent: the address has had as many as it may get for now.
    pub limited: bool,
    pub form_error: Option<FormError>,
}
