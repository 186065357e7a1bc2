//! A device with a passkey, by an independent authenticator, and the browser's part around it.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use passkey::{
    authenticator::{Authenticator, UiHint, UserCheck, UserValidationMethod},
    crypto::AvailableBackend,
    types::{
        Passkey,
        ctap2::{Aaguid, Ctap2Error, get_assertion, make_credential},
        webauthn::PublicKeyCredentialCreationOptions,
    },
};
use serde_json::{Value, json};

use crate::http::{api::Answer, app::App, browser::Browser};

pub struct Device {
    authenticator: Authenticator<Option<Passkey>, Owner, AvailableBackend>,
    /// The site that the browser shows.
    pub origin: String,
    verifies: bool,
}

struct Owner {
    /// Whether the device knows its owner, by a fingerprint or a PIN.
    verifies: bool,
}

#[async_trait::async_trait]
impl UserValidationMethod for Owner {
    type PasskeyItem = Passkey;

    async fn check_user<'a>(&self, _: UiHint<'a, Passkey>, _: bool, _: bool) -> Result<UserCheck, Ctap2Error> {
        Ok(UserCheck { presence: true, verification: self.verifies })
    }

    fn is_presence_enabled(&self) -> bool {
        true
    }

    fn is_verification_enabled(&self) -> Option<bool> {
        Some(self.verifies)
    }
}

impl Device {
    pub fn new(app: &App) -> Self {
        let owner = Owner { verifies: true };
        let mut authenticator = Authenticator::new(Aaguid::new_empty(), None, owner, AvailableBackend);
        authenticator.set_make_credentials_with_signature_counter(true);
        Self { authenticator, origin: app.origin.clone(), verifies: true }
    }

    /// The same passkey on a device that only notices a touch.
    pub fn touched_only(&self) -> Self {
        let (store, owner) = (self.authenticator.store().clone(), Owner { verifies: false });
        let mut authenticator = Authenticator::new(Aaguid::new_empty(), store, owner, AvailableBackend);
        authenticator.set_make_credentials_with_signature_counter(true);
        Self { authenticator, origin: self.origin.clone(), verifies: false }
    }

    /// `navigator.credentials.create()`.
    pub async fn create(&mut self, public_key: &Value) -> Value {
        let options: PublicKeyCredentialCreationOptions =
            serde_json::from_value(public_key.clone()).expect("creation options");
        let client_data = self.client_data("webauthn.create", public_key);
        let request = make_credential::Request {
            client_data_hash: hash(&client_data).into(),
            rp: make_credential::PublicKeyCredentialRpEntity {
                id: public_key["rp"]["id"].as_str().expect("an RP ID").to_owned(),
                name: None,
            },
            user: options.user,
            pub_key_cred_params: options.pub_key_cred_params,
            exclude_list: options.exclude_credentials,
            extensions: None,
            options: make_credential::Options { rk: true, up: true, uv: true },
            pin_auth: None,
            pin_protocol: None,
        };
        let made = self.authenticator.make_credential(request).await.expect("a credential");
        let id = made.auth_data.attested_credential_data.as_ref().expect("a credential").credential_id().to_vec();
        credential(
            &id,
            json!({
                "clientDataJSON": text(&client_data),
                "attestationObject": text(&made.as_webauthn_bytes()),
                "transports": ["internal"],
            }),
        )
    }

    /// `navigator.credentials.get()`.
    pub async fn get(&mut self, public_key: &Value) -> Value {
        let client_data = self.client_data("webauthn.get", public_key);
        let request = get_assertion::Request {
            rp_id: public_key["rpId"].as_str().expect("an RP ID").to_owned(),
            client_data_hash: hash(&client_data).into(),
            allow_list: None,
            extensions: None,
            options: get_assertion::Options { up: true, uv: self.verifies },
            pin_auth: None,
            pin_protocol: None,
        };
        let signed = self.authenticator.get_assertion(request).await.expect("a signature");
        let user = signed.user.expect("a discoverable credential");
        credential(
            &signed.credential.expect("a credential").id,
            json!({
                "clientDataJSON": text(&client_data),
                "authenticatorData": text(&signed.auth_data.to_vec()),
                "signature": text(&signed.signature),
                "userHandle": text(&user.id),
            }),
        )
    }

    fn client_data(&self, kind: &str, public_key: &Value) -> Vec<u8> {
        let members = json!({
            "type": kind, "challenge": public_key["challenge"], "origin": self.origin, "crossOrigin": false,
        });
        members.to_string().into_bytes()
    }
}

impl Browser {
    pub async fn passkey_options(&self, step: &str) -> Answer {
        let owner = self.sealed_owner().await;
        self.passkey_options_for(step, owner.as_deref()).await
    }

    /// The field of a page that was rendered for the user who is signed in here.
    pub async fn sealed_owner(&self) -> Option<String> {
        let form = self.with_owner("").await;
        url::form_urlencoded::parse(form.as_bytes())
            .find(|(name, _)| name == "form_owner")
            .map(|(_, value)| value.into_owned())
    }

    pub async fn passkey_options_for(&self, step: &str, owner: Option<&str>) -> Answer {
        let mut body = json!({ "step": step });
        if let Some(owner) = owner {
            body["form_owner"] = json!(owner);
        }
        self.post_json("/auth/passkey/options", &body).await
    }

    pub async fn finish_passkey(&self, ceremony: &Value, credential: &Value, return_to: &str) -> Answer {
        let body = json!({ "ceremony": ceremony, "credential": credential, "return_to": return_to });
        self.post_json("/auth/passkey", &body).await
    }

    /// Adds a passkey of this device.
    pub async fn add_passkey(&self, device: &mut Device) -> Answer {
        let begun = self.passkey_options("add").await;
        assert_eq!(begun.page.status, 200, "{begun:?}");
        let credential = device.create(&begun.json["publicKey"]).await;
        self.finish_passkey(&begun.json["ceremony"], &credential, "/dashboard").await
    }

    /// Uses the passkey of this device.
    pub async fn use_passkey(&self, device: &mut Device, step: &str, return_to: &str) -> Answer {
        let begun = self.passkey_options(step).await;
        assert_eq!(begun.page.status, 200, "{begun:?}");
        let credential = device.get(&begun.json["publicKey"]).await;
        self.finish_passkey(&begun.json["ceremony"], &credential, return_to).await
    }
}

impl Answer {
    /// The status, the error's code and the page that comes next.
    pub fn passkey(&self) -> (u16, &str, &str) {
        let text = |member: &str| self.json[member].as_str().unwrap_or_default();
        (self.page.status, text("error"), text("location").split('#').next().unwrap_or_default())
    }
}

fn credential(id: &[u8], response: Value) -> Value {
    json!({ "id": text(id), "rawId": text(id), "type": "public-key", "response": response })
}

fn hash(bytes: &[u8]) -> Vec<u8> {
    aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes).as_ref().to_vec()
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
