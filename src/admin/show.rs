//! `users show` and `users methods`.

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::{
    error::AdminError,
    find::find,
    report::Report,
    text::{
        date, email, grant_json, grant_state, identity_json, identity_line, session_json, session_line, user_json,
        user_line,
    },
};
use crate::{
    accounts::{Identity, User},
    store::{AuthenticatorApp, Database},
};

/// How a user signs in.
struct Methods {
    identities: Vec<Identity>,
    password_set_at: Option<OffsetDateTime>,
    passkeys: usize,
    app: Option<AuthenticatorApp>,
}

impl Methods {
    async fn of(database: &Database, user: &User) -> Result<Self, AdminError> {
        let password = database.password_of(user.id).await?;
        let identities = database.identities(user.id).await?;
        Ok(Self {
            identities,
            password_set_at: password.map(|(_, set_at)| set_at),
            passkeys: database.passkeys(user.id).await?.len(),
            app: database.authenticator_app(user.id).await?,
        })
    }

    fn text(&self) -> String {
        let password = self.password_set_at.map(|at| format!("  password  set {}\n", date(at)));
        let passkeys = (self.passkeys > 0).then(|| format!("  passkeys  {}\n", self.passkeys));
        let app = self.app.as_ref().map(|app| {
            format!("  second factor  added {}, {} recovery codes left\n", date(app.added_at), app.recovery_codes)
        });
        self.identities.iter().map(identity_line).chain(password).chain(passkeys).chain(app).collect()
    }

    fn identities_json(&self) -> Vec<Value> {
        self.identities.iter().map(identity_json).collect()
    }

    fn second_factor_json(&self) -> Value {
        self.app.as_ref().map_or(Value::Null, |app| {
            json!({
                "added_at": app.added_at.unix_timestamp(),
                "last_used_at": app.last_used_at.map(OffsetDateTime::unix_timestamp),
                "recovery_codes": app.recovery_codes,
            })
        })
    }

    fn password_json(&self) -> Value {
        self.password_set_at.map_or(Value::Null, |at| json!({ "set_at": at.unix_timestamp() }))
    }
}

/// One user, with sign-in methods, sessions and grants.
///
/// # Errors
/// [`AdminError`]
pub async fn show(database: &Database, user: &str, now: OffsetDateTime) -> Result<Report, AdminError> {
    let user = find(database, user).await?;
    let methods = Methods::of(database, &user).await?;
    let sessions = database.user_sessions(user.id, now).await?;
    let grants = database.grants(user.id).await?;
    let mut text = format!(
        "{}\nname: {}\nemail: {}\ncreated: {}\ndisabled: {}\n",
        user.id,
        user.name.as_deref().unwrap_or("-"),
        email(&user),
        date(user.created_at),
        user.disabled_at.map_or_else(|| "no".to_owned(), date),
    );
    text += &format!("sign-in methods:\n{}", methods.text());
    text += &format!("sessions:\n{}", sessions.iter().map(session_line).collect::<String>());
    let line = |grant| format!("  {}  {}  {}\n", grant_provider(grant), grant_state(grant), scopes(grant));
    text += &format!("grants:\n{}", grants.iter().map(line).collect::<String>());
    let json = json!({
        "user": user_json(&user),
        "identities": methods.identities_json(),
        "password": methods.password_json(),
        "passkeys": methods.passkeys,
        "second_factor": methods.second_factor_json(),
        "sessions": sessions.iter().map(session_json).collect::<Vec<Value>>(),
        "grants": grants.iter().map(grant_json).collect::<Vec<Value>>(),
    });
    Ok(Report::new(text, json))
}

/// How one user signs in.
///
/// # Errors
/// [`AdminError`]
pub async fn methods(database: &Database, user: &str) -> Result<Report, AdminError> {
    let user = find(database, user).await?;
    let methods = Methods::of(database, &user).await?;
    let json = json!({
        "user": user_json(&user),
        "identities": methods.identities_json(),
        "password": methods.password_json(),
        "passkeys": methods.passkeys,
        "second_factor": methods.second_factor_json(),
    });
    Ok(Report::new(user_line(&user) + &methods.text(), json))
}

fn grant_provider(grant: &crate::store::Grant) -> &str {
    &grant.provider
}

fn scopes(grant: &crate::store::Grant) -> String {
    grant.scopes.to_string()
}
