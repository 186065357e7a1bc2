//! The two steps of a sign-in.

use http::HeaderValue;
use time::OffsetDateTime;

use super::{
    pending_second_factor::PendingSecondFactor,
    request_context::RequestContext,
    session_error::SessionError,
    sign_in::{FirstStep, Reauthentication, SignIn},
};
use crate::{
    accounts::{
        AuthenticationMethod, Authentications, IdentityId, SecondFactors, SecondStep, User, UserId, short_name,
    },
    inspect::{self, Parameter, Step, Value},
    relying_party::ReturnTo,
    sealing::random_text,
    store::{OpeningCondition, StoreError, TokenHolder},
    tokens::{NewTokenSession, TokenPair, Tokens, TokensError},
};

/// The outcomes of a sign-in that failed in nothing, in the metrics. The others are codes of errors.
pub(super) const SIGNED_IN: &str = "success";
const SECOND_FACTOR: &str = "second_factor";

/// What a session is opened with.
#[derive(Clone, Debug)]
pub struct Opening {
    pub steps: Authentications,
    pub identity: Option<IdentityId>,
    pub condition: OpeningCondition,
}

impl RequestContext {
    /// What a user has as a second factor that can be used here.
    ///
    /// # Errors
    /// If the database is down.
    pub async fn second_factors(&self, user: UserId) -> Result<SecondFactors, StoreError> {
        let has = self.database.second_factors(user).await?;
        Ok(SecondFactors { passkey: has.passkey && self.passkey_rp.is_some(), ..has })
    }

    /// Judges a first step: whether its user may be signed in, or the second is due. A trusted browser stands for it.
    ///
    /// # Errors
    /// If the database is down, or the system returns no random numbers.
    pub async fn first_step(&self, user: UserId, opening: Opening) -> Result<FirstStep, SessionError> {
        let (enrols, opening) = match self.judge(user, opening).await? {
            (SecondStep::Nothing, opening) => return Ok(FirstStep::Enough(opening.steps)),
            (due, opening) => (due == SecondStep::Enrolment, opening),
        };
        let pending = PendingSecondFactor {
            id: random_text::<16>().map_err(StoreError::from)?,
            user,
            steps: opening.steps,
            identity: opening.identity,
            password_set_at: opening.condition.password_set_at().map(OffsetDateTime::unix_timestamp),
            return_to: ReturnTo::default(),
            link: None,
            enrols,
            tokens: false,
        };
        let code = opening.condition.email_code();
        self.database.begin_second_step(user, &pending.id_hash(), code, &self.audit()).await?;
        Ok(FirstStep::SecondFactor(Box::new(pending)))
    }

    /// Whether a second step would be due, without beginning it.
    ///
    /// # Errors
    /// If the database is down.
    pub async fn is_second_step_due(&self, user: UserId, method: AuthenticationMethod) -> Result<bool, StoreError> {
        let steps = Authentications::by(method, self.clock.date());
        let (due, _) = self.judge(user, Opening { steps, identity: None, condition: OpeningCondition::None }).await?;
        Ok(due != SecondStep::Nothing)
    }

    async fn judge(&self, user: UserId, opening: Opening) -> Result<(SecondStep, Opening), StoreError> {
        let has = self.second_factors(user).await?;
        let due = self.second_factor.second_step(has, &opening.steps);
        if due != SecondStep::SecondFactor {
            return Ok((due, opening));
        }
        let tokens = self.jar.trusted.find(&self.headers, self.clock.now());
        if !self.database.is_trusted(user, &tokens, self.clock.date()).await? {
            return Ok((due, opening));
        }
        let steps =
            opening.steps.and(AuthenticationMethod::TrustedBrowser, self.clock.date(), OffsetDateTime::UNIX_EPOCH);
        Ok((SecondStep::Nothing, Opening { steps, ..opening }))
    }

    /// Opens a session under a new id, and ends the one that the browser had.
    pub(super) async fn open_or_ask(&self, user: &User, opening: Opening) -> Result<SignIn, SessionError> {
        match self.first_step(user.id, opening.clone()).await? {
            FirstStep::Enough(steps) => Ok(SignIn::Complete(self.open(user, Opening { steps, ..opening }).await?)),
            FirstStep::SecondFactor(pending) => {
                self.count_sign_in(&pending.steps, SECOND_FACTOR);
                Ok(SignIn::SecondFactor(pending))
            }
        }
    }

    /// The same once all steps are done, and returns the `Set-Cookie` values.
    ///
    /// # Errors
    /// As [`sign_in`](Self::sign_in).
    pub async fn open(&self, user: &User, opening: Opening) -> Result<Vec<HeaderValue>, SessionError> {
        let (browser, recognised) = self.browser()?;
        let steps = opening.steps.clone();
        let method = steps.first().map_or("", AuthenticationMethod::code);
        let remembered = self.jar.remember_sign_in(&self.headers, method, short_name(user), self.clock.now());
        let session = self.session.open(self, user, opening, browser).await?;
        // A new browser is announced.
        self.wake_mail();
        record_session(user, method);
        self.count_sign_in(&steps, SIGNED_IN);
        Ok(session.into_iter().chain(remembered).chain([recognised]).collect())
    }

    /// Signs a user in to a program that keeps no cookies; or returns the second step, which is due.
    ///
    /// # Errors
    /// If the tokens cannot be signed or written.
    pub async fn sign_in_with_tokens(
        &self,
        tokens: &Tokens,
        user: UserId,
        opening: Opening,
    ) -> Result<SignIn<TokenPair>, SessionError> {
        match self.first_step(user, opening.clone()).await? {
            FirstStep::Enough(steps) => {
                Ok(SignIn::Complete(self.issue_tokens(tokens, user, Opening { steps, ..opening }).await?))
            }
            FirstStep::SecondFactor(pending) => {
                self.count_sign_in(&pending.steps, SECOND_FACTOR);
                Ok(SignIn::SecondFactor(Box::new(pending.with_tokens())))
            }
        }
    }

    /// The same once all steps are done.
    ///
    /// # Errors
    /// As above.
    pub async fn issue_tokens(
        &self,
        tokens: &Tokens,
        user: UserId,
        opening: Opening,
    ) -> Result<TokenPair, TokensError> {
        let session = NewTokenSession {
            user,
            identity: opening.identity,
            authentications: opening.steps,
            condition: opening.condition,
            browser: Some(self.program()),
            client: &self.client,
            holder: TokenHolder::Program,
            earlier: None,
        };
        let pair = tokens.issue_pair(&session).await?;
        self.wake_mail();
        inspect::record(|_| Step::Session { what: "A session begins, with tokens", parameters: Vec::new() });
        self.count_sign_in(&session.authentications, SIGNED_IN);
        Ok(pair)
    }

    /// Gives the session a new secret, because its user has re-authenticated: as strongly as they would sign in.
    ///
    /// # Errors
    /// If the database is down; the earlier secret is still valid then.
    pub async fn reauthenticate(&self, method: AuthenticationMethod) -> Result<Reauthentication, SessionError> {
        let Some(signed_in) = &self.signed_in else { return Ok(Reauthentication::SignedOut) };
        let has = self.second_factors(signed_in.user.id).await?;
        let steps = signed_in.reauthenticated_by(method, self.clock.date());
        if self.second_factor.second_step(has, &steps) == SecondStep::SecondFactor {
            return Ok(Reauthentication::TooWeak);
        }
        inspect::record(|_| Step::Session { what: "The session gets a new secret", parameters: Vec::new() });
        Ok(match self.session.renew(self, Some(steps)).await? {
            Some(cookies) => Reauthentication::Done(cookies),
            None => Reauthentication::SignedOut,
        })
    }

    fn count_sign_in(&self, steps: &Authentications, outcome: &'static str) {
        self.metrics.count_sign_in(steps.first().map_or("", AuthenticationMethod::code), outcome);
    }
}

/// For the walkthrough. `method` is the code of the first step.
pub(super) fn record_session(user: &User, method: &str) {
    inspect::record(|redactor| Step::Session {
        what: "A session begins",
        parameters: vec![
            Parameter::new("method", Value::configured(method)),
            Parameter::new("user", redactor.personal(&user.id.to_string())),
        ],
    });
}

impl PendingSecondFactor {
    /// What the session is opened with, after the second step.
    pub fn opening(&self, method: AuthenticationMethod, now: OffsetDateTime) -> Opening {
        let set_at = self.password_set_at.and_then(|at| OffsetDateTime::from_unix_timestamp(at).ok());
        Opening {
            steps: self.steps.and(method, now, OffsetDateTime::UNIX_EPOCH),
            identity: self.identity,
            condition: OpeningCondition::of_password(set_at),
        }
    }
}
