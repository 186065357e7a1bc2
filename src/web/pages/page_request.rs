//! The request for a page: who asks, and how the page is rendered.

use std::sync::{Arc, OnceLock};

use axum::{
    extract::{FromRequest, Request},
    http::{StatusCode, header, request::Parts},
    response::{Html, IntoResponse, Response},
};
use leptos::{nonce::Nonce, prelude::provide_context};

use crate::{
    accounts::{EMAIL_CODE, PASSKEY, PASSWORD, UserId},
    codes::{access::Access, done::Done, form_error::FormError, percent::with_return_to, sign_in_error::SignInError},
    providers::Provider,
    relying_party::ReturnTo,
    sealing::SealingError,
    sessions::{ClientInfo, RequestContext, SessionHandle, SignedIn},
    store::{MethodsOnRecord, StoreError},
    ui::{
        document::document,
        page::Page,
        view::{FormOwner, LocalZone, Notice, Now, PasswordMinimum, Places, ProviderButton},
    },
    web::{
        compression::accepts_gzip,
        pages::shared_page::{Document, SharedPage},
        query::Query,
        redirect::{see_other, to_sign_in_first},
        request_context::database_failed,
        state::AppState,
    },
};

pub struct PageRequest {
    pub app: AppState,
    pub context: RequestContext,
    pub query: Query,
    parts: Parts,
}

/// Why the requested page is not shown.
pub enum PageRejection {
    Redirect(String),
    /// Sign in, then return to this path.
    SignInFirst(String),
    NotFound,
    Store(StoreError),
    /// The system's random number generator failed.
    Sealing(SealingError),
}

pub type PageResult = Result<Response, PageRejection>;

impl From<StoreError> for PageRejection {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<SealingError> for PageRejection {
    fn from(error: SealingError) -> Self {
        Self::Sealing(error)
    }
}

impl IntoResponse for PageRejection {
    fn into_response(self) -> Response {
        match self {
            Self::Redirect(page) => see_other(&page),
            Self::SignInFirst(return_to) => to_sign_in_first(&return_to),
            Self::NotFound => StatusCode::NOT_FOUND.into_response(),
            Self::Store(error) => database_failed(&error),
            Self::Sealing(error) => {
                tracing::error!(%error, "cannot seal the owner of a form");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}

impl FromRequest<AppState> for PageRequest {
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

impl PageRequest {
    pub fn path_and_query(&self) -> &str {
        self.parts.uri.path_and_query().map_or("/", |path| path.as_str())
    }

    /// Redirects to the sign-in if no one is signed in, and to `/add-email` if a required email address is missing.
    pub fn signed_in(&self) -> Result<&SignedIn, PageRejection> {
        let signed_in = self.anybody_signed_in()?;
        match self.context.email_requirement.keeps_out(&signed_in.user) {
            true => Err(PageRejection::Redirect(with_return_to("/add-email", Some(self.path_and_query())))),
            false => Ok(signed_in),
        }
    }

    /// Like [`Self::signed_in`], without the email requirement: for pages that add an address, or leave.
    pub fn anybody_signed_in(&self) -> Result<&SignedIn, PageRejection> {
        self.context.signed_in.as_ref().ok_or_else(|| PageRejection::SignInFirst(self.path_and_query().to_owned()))
    }

    /// Redirects to `/confirm` unless the person authenticated recently.
    pub fn reauthenticated(&self) -> Result<&SignedIn, PageRejection> {
        let signed_in = self.anybody_signed_in()?;
        match signed_in.is_recently_authenticated(self.context.clock.date()) {
            true => Ok(signed_in),
            false => Err(PageRejection::Redirect(with_return_to("/confirm", Some(self.path_and_query())))),
        }
    }

    /// What the signed-in user signs in with: what was read with the session, if it was.
    pub async fn methods(&mut self, user: UserId) -> Result<MethodsOnRecord, StoreError> {
        match self.parts.extensions.remove::<MethodsOnRecord>() {
            Some(methods) => Ok(methods),
            None => self.app.database.methods_on_record(user).await,
        }
    }

    /// From the query, checked.
    pub fn return_to(&self) -> Option<ReturnTo> {
        self.query.one("return_to").and_then(ReturnTo::parse)
    }

    /// From the query's `error`.
    pub fn form_error(&self) -> Option<FormError> {
        self.query.one("error").and_then(FormError::from_code)
    }

    /// From the query's `error` and `done`: known codes only.
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

    /// The same, or what a sign-in kept for the next page of these ([`Page::says_what_was_done`]).
    pub fn notice_or_done(&self) -> Option<Notice> {
        let kept = || self.context.jar.done.find(&self.context.headers, self.context.clock.now());
        self.notice().or_else(|| kept().and_then(|code| Done::from_code(&code)).map(Notice::Done))
    }

    /// The email address that was just submitted in a form.
    pub fn typed(&self) -> Option<String> {
        self.context.jar.typed.find(&self.context.headers, self.context.clock.now())
    }

    /// One for each enabled provider.
    pub fn buttons(&self) -> Vec<ProviderButton> {
        self.app.relying_party.providers().map(|provider| self.button(provider)).collect()
    }

    pub fn button(&self, provider: &Provider) -> ProviderButton {
        let slug = provider.slug.as_str();
        ProviderButton {
            slug: slug.to_owned(),
            label: provider.label.clone(),
            last_used: self.last_used().as_deref() == Some(slug),
            available: self.app.relying_party.is_available(slug),
            lets_choose: provider.spec.another_account.is_some(),
        }
    }

    /// The sign-in method that this browser used last.
    pub fn last_used(&self) -> Option<String> {
        self.context.jar.last_used(&self.context.headers).map(|slug| slug.to_string())
    }

    /// The label of a sign-in method; a provider that is no longer enabled goes by its slug.
    pub fn label(&self, slug: &str) -> String {
        match slug {
            PASSWORD => "Password".to_owned(),
            PASSKEY => "Passkey".to_owned(),
            EMAIL_CODE => "Email code".to_owned(),
            slug => self.app.relying_party.provider(slug).map_or_else(|| slug.to_owned(), |it| it.label.clone()),
        }
    }

    /// Renders the page.
    pub fn draw<V: Send + Sync + 'static>(self, page: Page, view: V) -> PageResult {
        let said = page.says_what_was_done().then(|| self.context.jar.done.clear(&self.context.headers)).flatten();
        let mut response = Html(self.html(&self.nonce(), page, view)?).into_response();
        if let Some(said) = said {
            response.headers_mut().append(header::SET_COOKIE, said);
        }
        Ok(response)
    }

    /// The same for a view that most visitors see, none of whom is signed in.
    pub fn draw_shared<V: Clone + PartialEq + Send + Sync + 'static>(
        self,
        page: Page,
        view: V,
        shared: &SharedPage<V>,
    ) -> PageResult {
        let nonce = self.nonce();
        let gzip = accepts_gzip(&self.parts.headers);
        Ok(match shared.document(view, &nonce, gzip, |view| self.html(&nonce, page, view))? {
            Document::Html(html) => Html(html).into_response(),
            Document::Gzip(file) => {
                let headers = [(header::CONTENT_ENCODING, "gzip"), (header::VARY, "accept-encoding")];
                (headers, Html(file)).into_response()
            }
        })
    }

    fn nonce(&self) -> Nonce {
        self.parts.extensions.get::<Nonce>().cloned().unwrap_or_default()
    }

    /// The document, with what every page may read: the assets, the forms' owner, the time.
    fn html<V: Send + Sync + 'static>(&self, nonce: &Nonce, page: Page, view: V) -> Result<String, SealingError> {
        let password_minimum = PasswordMinimum(self.context.passwords.rules().min_length());
        let places = Places {
            drive: self.app.relying_party.providers().any(|it| it.offers(Access::Drive)),
            admin: self.context.administrator().is_some(),
        };
        let now = Now(self.context.clock.date().unix_timestamp());
        let zone = self.context.client.zone.clone().map(|zone| LocalZone(Arc::new(move |unix| zone.offset(unix))));
        let user = self.context.signed_in.as_ref().map(|signed_in| signed_in.user.id);
        let sealed = Arc::new(OnceLock::new());
        let owner = user.map(|user| {
            let (owners, sealed) = (self.app.form_owners.clone(), Arc::clone(&sealed));
            FormOwner(Arc::new(move || sealed.get_or_init(|| owners.seal(user)).as_ref().ok().cloned()))
        });
        let html = document(&self.app.document_head, nonce, page, || {
            if let Some(owner) = owner {
                provide_context(owner);
            }
            provide_context((*self.app.assets).clone());
            provide_context(places);
            provide_context(password_minimum);
            provide_context(now);
            if let Some(zone) = zone {
                provide_context(zone);
            }
            if let Some(sandbox) = self.app.sandbox.clone() {
                provide_context(sandbox);
            }
            provide_context(view);
        });
        // A form without its owner would be refused.
        if matches!(sealed.get(), Some(Err(_))) { Err(SealingError) } else { Ok(html) }
    }
}
