//! One request to a desk: whose desk, which authorization request, at which path.

use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};

use super::answer::refuse;
use super::request::{AuthorizationRequest, Unfit, read};
use super::{Desk, pages};
use crate::world::World;

/// A request whose query is an authorization request that the desk takes; any other is answered at once.
pub struct Visit {
    /// Everything.
    pub world: World,
    /// Whose page it is.
    pub desk: &'static Desk,
    /// The authorization request.
    pub request: AuthorizationRequest,
    /// The path of the authorization endpoint as the browser knows it.
    pub path: String,
    /// The query of this request.
    pub query: String,
}

impl Visit {
    /// 303 to a page of the desk, `""` for the chooser.
    pub fn see(&self, page: &str) -> Response {
        let location = format!("{}{page}", self.path);
        (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response()
    }

    /// 303 to the chooser.
    pub fn start_again(&self) -> Response {
        self.see(&format!("?{}", self.request.query))
    }
}

impl FromRequestParts<World> for Visit {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, world: &World) -> Result<Self, Response> {
        let Some(desk) = parts.extensions.get::<&'static Desk>().copied() else {
            return Err(StatusCode::INTERNAL_SERVER_ERROR.into_response());
        };
        let uri = parts.extensions.get::<OriginalUri>().map_or_else(|| parts.uri.clone(), |uri| uri.0.clone());
        let query = uri.query().unwrap_or_default().to_owned();
        match read(desk, &query, desk.client(world)) {
            Ok(request) => Ok(Self { world: world.clone(), desk, request, path: endpoint(uri.path()), query }),
            Err(Unfit::Page(why)) => Err(pages::unfit(desk, &why).into_response()),
            Err(Unfit::Redirect { code, why, redirect_uri, state }) => Err(refuse(
                world,
                desk,
                &redirect_uri,
                state.as_deref(),
                &[("error", code), ("error_description", &why)],
            )),
        }
    }
}

fn endpoint(path: &str) -> String {
    let page = ["/person", "/consent"].iter().find_map(|page| path.strip_suffix(page));
    page.unwrap_or(path).to_owned()
}
