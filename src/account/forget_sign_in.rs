//! Forget whom this browser signed in last.

use leptos::prelude::*;

use super::reply::{Reply, send};
use crate::{codes::percent::with_return_to, relying_party::ReturnTo, sessions::RequestContext};

/// POST `/auth/forget`: the login page no longer suggests the last account.
#[server(name = ForgetSignIn, prefix = "/auth", endpoint = "forget")]
pub async fn forget_sign_in(return_to: Option<String>) -> Result<(), ServerFnError> {
    let context = expect_context::<RequestContext>();
    let return_to = return_to.as_deref().and_then(ReturnTo::parse);
    let page = with_return_to("/login", return_to.as_ref().map(ReturnTo::as_str));
    send(Ok(Reply::to(page.clone()).with(context.jar.forget_sign_in(&context.headers))), &page);
    Ok(())
}
