//! An authenticator and a browser of our own, which misbehave on command. The honest witness is the crate `passkey`.

use aws_lc_rs::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    rsa::KeySize,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use minicbor::Encoder;
use serde_json::{Value, json};

pub(crate) const AAGUID: [u8; 16] = *b"\xea\x9b\x8d\x66\x4d\x01\x1d\x21\x3c\xe4\xb6\xb4\x8c\xb5\x75\xd4";
pub(crate) const USER: &[u8] = b"0123456789abcdef";

pub(crate) enum Key {
    Es256(EcdsaKeyPair),
    EdDsa(Ed25519KeyPair),
    Rs256(Box<RsaKeyPair>),
}

/// A credential of an authenticator.
pub(crate) struct Credential {
    pub(crate) key: Key,
    pub(crate) id: Vec<u8>,
}

/// A ceremony, honest until a test changes it.
#[derive(Clone)]
pub(crate) struct Ceremony {
    pub(crate) kind: &'static str,
    pub(crate) challenge: String,
    pub(crate) origin: String,
    /// More members of the client data.
    pub(crate) more: Vec<(&'static str, Value)>,
    pub(crate) rp_id: String,
    pub(crate) flags: u8,
    pub(crate) sign_count: u32,
    pub(crate) user_handle: Option<Vec<u8>>,
    /// Bytes behind the authenticator data.
    pub(crate) tail: Vec<u8>,
    /// In place of the key's own.
    pub(crate) cose: Option<Vec<u8>>,
    pub(crate) format: &'static str,
}

impl Ceremony {
    pub(crate) fn registration(challenge: &str) -> Self {
        Self {
            kind: "webauthn.create",
            challenge: challenge.to_owned(),
            origin: "https://app.example".to_owned(),
            more: vec![("crossOrigin", json!(false)), ("other_keys_can_be_added_here", json!("…"))],
            rp_id: "app.example".to_owned(),
            flags: 0x5d,
            sign_count: 0,
            user_handle: Some(USER.to_vec()),
            tail: Vec::new(),
            cose: None,
            format: "none",
        }
    }

    pub(crate) fn authentication(challenge: &str) -> Self {
        Self { kind: "webauthn.get", flags: 0x1d, ..Self::registration(challenge) }
    }

    pub(crate) fn client_data(&self) -> Vec<u8> {
        let mut members = serde_json::Map::new();
        members.insert("type".to_owned(), json!(self.kind));
        members.insert("challenge".to_owned(), json!(self.challenge));
        members.insert("origin".to_owned(), json!(self.origin));
        members.extend(self.more.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        Value::Object(members).to_string().into_bytes()
    }

    fn authenticator_data(&self, credential: Option<(&Credential, &[u8])>) -> Vec<u8> {
        let mut data = digest(&SHA256, self.rp_id.as_bytes()).as_ref().to_vec();
        data.push(self.flags);
        data.extend(self.sign_count.to_be_bytes());
        if let Some((credential, cose)) = credential {
            data.extend(AAGUID);
            data.extend(u16::try_from(credential.id.len()).unwrap().to_be_bytes());
            data.extend(&credential.id);
            data.extend(cose);
        }
        data.extend(&self.tail);
        data
    }
}

impl Credential {
    pub(crate) fn new(key: Key) -> Self {
        Self { key, id: vec![7; 32] }
    }

    pub(crate) fn es256() -> Self {
        Self::new(Key::Es256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap()))
    }

    pub(crate) fn eddsa() -> Self {
        Self::new(Key::EdDsa(Ed25519KeyPair::generate().unwrap()))
    }

    pub(crate) fn rs256() -> Self {
        Self::new(Key::Rs256(Box::new(RsaKeyPair::generate(KeySize::Rsa2048).unwrap())))
    }

    /// `RegistrationResponseJSON`.
    pub(crate) fn register(&self, ceremony: &Ceremony) -> Value {
        let cose = ceremony.cose.clone().unwrap_or_else(|| self.cose());
        let data = ceremony.authenticator_data((ceremony.flags & 0x40 != 0).then_some((self, cose.as_slice())));
        let mut object = Encoder::new(Vec::new());
        object.map(3).unwrap().str("fmt").unwrap().str(ceremony.format).unwrap();
        object.str("attStmt").unwrap().map(1).unwrap().str("alg").unwrap().i64(-7).unwrap();
        object.str("authData").unwrap().bytes(&data).unwrap();
        self.response(json!({
            "clientDataJSON": text(&ceremony.client_data()),
            "attestationObject": text(&object.into_writer()),
            "transports": ["internal", "hybrid", "future"],
        }))
    }

    /// `AuthenticationResponseJSON`.
    pub(crate) fn authenticate(&self, ceremony: &Ceremony) -> Value {
        let (client_data, data) = (ceremony.client_data(), ceremony.authenticator_data(None));
        let signed = [data.as_slice(), digest(&SHA256, &client_data).as_ref()].concat();
        self.response(json!({
            "clientDataJSON": text(&client_data),
            "authenticatorData": text(&data),
            "signature": text(&self.sign(&signed)),
            "userHandle": ceremony.user_handle.as_ref().map(|handle| text(handle)),
        }))
    }

    fn response(&self, response: Value) -> Value {
        let id = text(&self.id);
        json!({ "id": id, "rawId": id, "type": "public-key", "response": response, "clientExtensionResults": {} })
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match &self.key {
            Key::Es256(key) => key.sign(&random, message).unwrap().as_ref().to_vec(),
            Key::EdDsa(key) => key.sign(message).as_ref().to_vec(),
            Key::Rs256(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).unwrap();
                signature
            }
        }
    }

    pub(crate) fn cose(&self) -> Vec<u8> {
        let mut cose = Encoder::new(Vec::new());
        match &self.key {
            Key::Es256(key) => {
                let point = key.public_key().as_ref();
                cose.map(5).unwrap().i64(1).unwrap().i64(2).unwrap().i64(3).unwrap().i64(-7).unwrap();
                cose.i64(-1).unwrap().i64(1).unwrap().i64(-2).unwrap().bytes(&point[1..33]).unwrap();
                cose.i64(-3).unwrap().bytes(&point[33..]).unwrap();
            }
            Key::EdDsa(key) => {
                cose.map(4).unwrap().i64(1).unwrap().i64(1).unwrap().i64(3).unwrap().i64(-8).unwrap();
                cose.i64(-1).unwrap().i64(6).unwrap().i64(-2).unwrap().bytes(key.public_key().as_ref()).unwrap();
            }
            Key::Rs256(key) => {
                let (n, e) = (key.public_key().modulus(), key.public_key().exponent());
                cose.map(4).unwrap().i64(1).unwrap().i64(3).unwrap().i64(3).unwrap().i64(-257).unwrap();
                cose.i64(-1).unwrap().bytes(n.big_endian_without_leading_zero()).unwrap();
                cose.i64(-2).unwrap().bytes(e.big_endian_without_leading_zero()).unwrap();
            }
        }
        cose.into_writer()
    }
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
