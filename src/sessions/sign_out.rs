//! Sign out: end the session, and clear what the browser still holds.

use http::HeaderValue;

use super::{request_context::RequestContext, session_error::SessionError};

/// A sign-out.
#[derive(Clone)]
pub struct SignOut(pub RequestContext);

impl SignOut {
    /// Ends the session and returns the `Set-Cookie` values. Signing out twice is no error.
    ///
    /// # Errors
    /// If the database is down: the session is still valid then, and the user has to know.
    pub async fn complete(self) -> Result<Vec<HeaderValue>, SessionError> {
        // By its id: the session may just have got another secret.
        if let Some(signed_in) = &self.0.signed_in {
            self.0.database.sign_out(&signed_in.session.id, &self.0.audit()).await?;
        }
        let mut cookies = self.0.end_session().await?;
        cookies.extend(self.0.jar.flows.clear_all(&self.0.headers));
        cookies.extend(self.0.jar.clear_pending(&self.0.headers));
        Ok(cookies)
    }
}
