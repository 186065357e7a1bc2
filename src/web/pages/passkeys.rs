//! A person's passkeys in the settings, and `/settings/passkey`.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use time::OffsetDateTime;

use super::page_request::{PageRejection, PageRequest, PageResult};
use crate::{
    account::names_of,
    accounts::{Passkey, PasskeyId},
    sessions::SignedIn,
    store::StoreError,
    ui::{
        page::Page,
        passkeys::KnownPasskeys,
        view::{PasskeyView, PasskeysView, RemovePasskeyView},
    },
};

/// `None` where passkeys are disabled. `alone`: the account has no other sign-in method.
pub async fn passkeys_view(
    request: &PageRequest,
    signed_in: &SignedIn,
    alone: bool,
) -> Result<Option<PasskeysView>, StoreError> {
    let Some(rp) = &request.context.passkey_rp else { return Ok(None) };
    let user = &signed_in.user;
    let passkeys = request.app.database.passkeys(user.id).await?;
    let ids: Vec<String> = passkeys.iter().map(|passkey| passkey.credential.id.to_text()).collect();
    let (name, display_name) = names_of(user);
    Ok(Some(PasskeysView {
        known: KnownPasskeys {
            rp: Some(rp.id().to_owned()),
            user: Some(URL_SAFE_NO_PAD.encode(user.id.handle())),
            accepted: Some(ids.join(" ")),
            name: Some(name.to_owned()),
            display_name: Some(display_name.to_owned()),
        },
        full: i64::try_from(passkeys.len()).is_ok_and(|number| number >= Passkey::MAX_PER_USER),
        reauthenticated: signed_in.is_recently_authenticated(request.context.clock.date()),
        may_remove: !alone || passkeys.len() > 1,
        passkeys: passkeys.into_iter().map(passkey_view).collect(),
    }))
}

fn passkey_view(passkey: Passkey) -> PasskeyView {
    PasskeyView {
        id: passkey.id.to_string(),
        name: passkey.name,
        synced: passkey.backed_up,
        added_at: passkey.created_at.unix_timestamp(),
        last_used_at: passkey.last_used_at.map(OffsetDateTime::unix_timestamp),
    }
}

/// GET `/settings/passkey?passkey=…`.
pub async fn remove(request: PageRequest) -> PageResult {
    let user = request.reauthenticated()?.user.id;
    let database = &request.app.database;
    let id = request.query.one("passkey").and_then(|id| PasskeyId::parse(id).ok());
    let passkeys = database.passkeys(user).await?;
    let last = passkeys.len() == 1
        && database.identities(user).await?.is_empty()
        && database.password_of(user).await?.is_none();
    let passkey = passkeys.into_iter().find(|passkey| Some(passkey.id) == id).ok_or(PageRejection::NotFound)?;
    let view =
        RemovePasskeyView { id: passkey.id.to_string(), name: passkey.name, last, form_error: request.form_error() };
    request.draw(Page::RemovePasskey, view)
}
