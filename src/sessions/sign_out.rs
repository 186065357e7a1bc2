//! Sign out: end the session, and clear what the browser still holds.

use http::{HeaderName, HeaderValue};

use super::{request_context::RequestContext, session_error::SessionError};
use crate::inspect::{self, FlowKind, Step, Value};

/// The header that clears what the browser keeps of this origin: copies of pages, also those behind the back button, and
/// what scripts stored. Not `cookies`: it would delete those of every application on this domain and its subdomains; ours
/// are deleted by name. Nor `*`, which includes them.
pub const CLEAR_SITE_DATA: (HeaderName, HeaderValue) =
    (HeaderName::from_static("clear-site-data"), HeaderValue::from_static(r#""cache", "storage""#));

/// A sign-out.
#[derive(Clone)]
pub struct SignOut(pub RequestContext);

impl SignOut {
    /// Ends the session and returns the `Set-Cookie` values. Signing out twice is no error.
    ///
    /// # Errors
    /// If the database is down: the session is still valid then, and the user has to know.
    pub async fn complete(self) -> Result<Vec<HeaderValue>, SessionError> {
        inspect::record(|_| Step::Began { kind: FlowKind::SignOut, provider: Value::ABSENT });
        // By its id: the session may just have got another secret.
        if let Some(signed_in) = &self.0.signed_in {
            self.0.database.sign_out(&signed_in.session.id, &self.0.audit()).await?;
        }
        let mut cookies = self.0.end_session().await?;
        cookies.extend(self.0.jar.flows.clear_all(&self.0.headers));
        cookies.extend(self.0.jar.clear_pending(&self.0.headers));
        if self.0.signed_in.is_some() {
            cookies.extend(self.0.jar.signed_out.keep(&(), self.0.clock.now()));
        }
        Ok(cookies)
    }
}
