//! A page that was asked for, by whom, and how it is drawn.

use axum::{
    body::Body,
    extract::{FromRequest, Request},
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use leptos::{nonce::Nonce, prelude::provide_context};

use crate::{
    codes::{
        access::Access,
        outcome::{Done, FormError},
        percent::with_return_to,
        sign_in_error::SignInError,
    },
    providers::Provider,
    relying_party::{Prompt, ReturnTo},
    sealing::SealingError,
    sessions::{ClientInfo, RequestContext, SessionHandle, SignedIn},
    store::StoreError,
    ui::{
        app::shell,
        view::{FormOwner, Notice, Places, ProviderButton},
    },
    web::{
        query::Query,
        redirect::{see_other, to_sign_in_first},
        request_context::database_failed,
        state::AppState,
    },
};

/// One page, asked for once.
pub struct Call {
    pub app: AppState,
    pub context: RequestContext,
    pub query: Query,
    /// A page that is asked for has no body.
    parts: Parts,
}

/// Why another page is shown than the one that was asked for.
pub enum PageError {
    /// Somewhere else first.
    To(String),
    /// The person signs in, and comes back.
    SignInFirst(String),
    /// There is no such thing.
    NotFound,
    /// The database did not answer.
    Store(StoreError),
    /// The system gave no random numbers.
    NotSealed(SealingError),
}

/// What a handler of a page gives.
pub type PageResult = Result<Response, PageError>;

impl From<StoreError> for PageError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<SealingError> for PageError {
    fn from(error: SealingError) -> Self {
        Self::NotSealed(error)
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        match self {
            Self::To(page) => see_other(&page),
            Self::SignInFirst(asked_for) => to_sign_in_first(&asked_for),
            Self::NotFound => StatusCode::NOT_FOUND.into_response(),
            Self::Store(error) => database_failed(&error),
            Self::NotSealed(error) => {
                tracing::error!(%error, "the owner of a form could not be sealed");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}

impl FromRequest<AppState> for Call {
    type Rejection = Response;

    async fn from_request(request: Request, app: &AppState) -> Result<Self, Response> {
        let (parts, _) = request.into_parts();
        let extensions = &parts.extensions;
        let (Some(session), Some(client)) = (extensions.get::<SessionHandle>(), extensions.get::<ClientInfo>()) else {
            return Err(StatusCode::INTERNAL_SERVER_ERROR.into_response());
        };
        let signed_in = extensions.get::<SignedIn>().cloned();
        let context = app.context(&parts.headers, session.clone(), signed_in, client.clone());
        let query = Query::parse(parts.uri.query());
        Ok(Self { app: app.clone(), context, query, parts })
    }
}

impl Call {
    /// Path and query.
    pub fn asked_for(&self) -> &str {
        self.parts.uri.path_and_query().map_or("/", |asked| asked.as_str())
    }

    /// Who is signed in; anybody else signs in first, and who lacks an address that is required adds one first.
    pub fn signed_in(&self) -> Result<&SignedIn, PageError> {
        let signed_in = self.anybody_signed_in()?;
        match self.context.email_requirement.keeps_out(&signed_in.user) {
            true => Err(PageError::To(with_return_to("/add-email", Some(self.asked_for())))),
            false => Ok(signed_in),
        }
    }

    /// Who is signed in, with or without an address: for the pages that lead to one, or out.
    pub fn anybody_signed_in(&self) -> Result<&SignedIn, PageError> {
        self.context.signed_in.as_ref().ok_or_else(|| PageError::SignInFirst(self.asked_for().to_owned()))
    }

    /// Who is signed in and proved it not long ago; anybody else proves it first.
    pub fn reauthenticated(&self) -> Result<&SignedIn, PageError> {
        let signed_in = self.anybody_signed_in()?;
        match signed_in.is_recently_authenticated(self.context.clock.date()) {
            true => Ok(signed_in),
            false => Err(PageError::To(with_return_to("/confirm", Some(self.asked_for())))),
        }
    }

    /// The checked destination in the query.
    pub fn return_to(&self) -> Option<ReturnTo> {
        self.query.one("return_to").and_then(ReturnTo::parse)
    }

    /// The trouble in the query.
    pub fn form_error(&self) -> Option<FormError> {
        self.query.one("error").and_then(FormError::from_code)
    }

    /// What the query says that happened: codes of ours, and nothing else.
    pub fn notice(&self) -> Option<Notice> {
        if let Some(code) = self.query.one("error") {
            let tried = self.query.one("provider").and_then(|slug| self.app.relying_party.provider(slug));
            let refused = SignInError::from_code(code).map(|sign_in_error| Notice::Refused {
                sign_in_error,
                provider: tried.map(|provider| provider.label.clone()),
                slug: tried.map(|provider| provider.slug.to_string()),
            });
            return refused.or_else(|| FormError::from_code(code).map(Notice::FormError));
        }
        self.query.one("done").and_then(Done::from_code).map(Notice::Done)
    }

    /// The address that was typed into a form a moment ago.
    pub fn typed(&self) -> Option<String> {
        self.context.jar.typed.find(&self.context.headers, self.context.clock.now())
    }

    /// A button for each provider that is switched on.
    pub fn buttons(&self) -> Vec<ProviderButton> {
        self.app.relying_party.providers().map(|provider| self.button(provider)).collect()
    }

    /// One of them.
    pub fn button(&self, provider: &Provider) -> ProviderButton {
        let slug = provider.slug.as_str();
        ProviderButton {
            slug: slug.to_owned(),
            label: provider.label.clone(),
            last_used: self.last_used().as_deref() == Some(slug),
            available: self.app.relying_party.is_available(slug),
            lets_choose: provider.spec.prompts.contains(&Prompt::SelectAccount.as_str()),
        }
    }

    /// The way in that this browser used last.
    pub fn last_used(&self) -> Option<String> {
        self.context.jar.last_used(&self.context.headers).map(|slug| slug.to_string())
    }

    /// A way's name for people; a provider that was switched off meanwhile goes by its slug.
    pub fn label(&self, slug: &str) -> String {
        match slug {
            crate::store::PASSWORD => "Password".to_owned(),
            slug => self.app.relying_party.provider(slug).map_or_else(|| slug.to_owned(), |it| it.label.clone()),
        }
    }

    /// Draws the page in one piece, with what every document needs: the nonce of this answer, the assets, and whose forms
    /// they are.
    pub async fn draw<V: Clone + Send + Sync + 'static>(self, view: V) -> PageResult {
        let nonce = self.parts.extensions.get::<Nonce>().cloned().unwrap_or_default();
        let assets = self.app.assets.clone();
        let places = Places { drive: self.app.relying_party.providers().any(|it| it.offers(Access::Drive)) };
        let user = self.context.signed_in.as_ref().map(|signed_in| signed_in.user.id);
        let owner = user.map(|user| self.app.form_owners.seal(user)).transpose()?.map(FormOwner);
        let provide = move || {
            if let Some(owner) = owner.clone() {
                provide_context(owner);
            }
            provide_context(nonce.clone());
            provide_context((*assets).clone());
            provide_context(places);
            provide_context(view.clone());
        };
        let request = Request::from_parts(self.parts, Body::empty());
        Ok(leptos_axum::render_app_async_with_context(provide, shell)(request).await)
    }
}
