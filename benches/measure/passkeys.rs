//! Passkey sign-ins (options, signature and session), and the verification of a signature alone.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use aws_lc_rs::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use latchkey::{
    accounts::{AuthenticationMethod, Authentications, ClientInfo, EmailAddress, PasswordHash, UserId},
    passwords::PasswordPool,
    sealing::random_bytes,
    store::{AuditContext, Database, NewSession, PasswordLookup, SessionVersion},
    webauthn::{
        Aaguid, AuthenticationResponse, Challenge, CredentialId, NewCredential, PublicKey, Rp, StoredCredential,
        TransportSet, verify_authentication,
    },
};
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::{
    Failure,
    http::{Answer, Line},
    load::{self, Client, Outcome},
    world::World,
};

const PERSONS: u8 = 16;
const WARM_UP: Duration = Duration::from_secs(1);
const LASTS: Duration = Duration::from_secs(8);
const ROUNDS: usize = 7;
const VERIFICATIONS: u32 = 2000;

/// The results.
pub struct Passkeys {
    /// Sixteen persons sign in again and again.
    pub sign_ins: Outcome,
    /// One verification, per round.
    pub verification: Vec<Duration>,
}

pub fn measure(world: &World) -> Result<Passkeys, Failure> {
    let database = world.database()?;
    let hash = world.others.block_on(async {
        let pool = PasswordPool::new(false);
        let password = pool.choose(&"a key under the mat".to_owned().into(), &[], None).await??;
        Ok::<_, Failure>(pool.hash(&password, None).await?)
    })?;
    let persons = || (0..PERSONS).map(|number| Person::new(world, &database, &hash, number)).collect();
    load::drive(persons_of(persons())?, WARM_UP);
    let sign_ins = load::drive(persons_of(persons())?, LASTS);
    Ok(Passkeys { sign_ins, verification: verifications(&Person::new(world, &database, &hash, PERSONS)?)? })
}

fn persons_of(persons: Vec<Result<Person, Failure>>) -> Result<Vec<Person>, Failure> {
    persons.into_iter().collect()
}

fn verifications(person: &Person) -> Result<Vec<Duration>, Failure> {
    let (rp, challenge) = (Rp::of_origin(&person.origin).ok_or("no RP")?, Challenge::from_random([7; 32]));
    let response = AuthenticationResponse::from_json(&person.sign(challenge.expose())?)?;
    let stored = StoredCredential {
        id: CredentialId::new(&person.id)?,
        user_handle: person.user.handle().to_vec(),
        public_key: PublicKey::from_cose(&cose(&person.key))?,
        sign_count: 0,
        backup_eligible: true,
    };
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        for _ in 0..VERIFICATIONS {
            black_box(verify_authentication(&rp, &challenge, None, black_box(&stored), black_box(&response)))?;
        }
        rounds.push(begun.elapsed() / VERIFICATIONS);
    }
    Ok(rounds)
}

/// A person with a passkey.
struct Person {
    line: Line,
    origin: String,
    user: UserId,
    id: Vec<u8>,
    key: EcdsaKeyPair,
}

impl Person {
    fn new(world: &World, database: &Database, hash: &PasswordHash, number: u8) -> Result<Self, Failure> {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING)?;
        let id = random_bytes::<16>()?.to_vec();
        let now = OffsetDateTime::now_utc();
        let user = world.others.block_on(async {
            let email = EmailAddress::parse(&format!("passkey-{number}@example.org"))?;
            database.create_demo_account(&email, hash, now).await?;
            let PasswordLookup::Found { user, .. } = database.password_lookup(&email).await? else {
                return Err("no account".into());
            };
            add(database, user, &id, &key, now).await?;
            Ok::<_, Failure>(user)
        })?;
        Ok(Self { line: Line::new(world.latchkey), origin: world.origin.clone(), user, id, key })
    }

    /// `navigator.credentials.get()`.
    fn sign(&self, challenge: &str) -> Result<Value, Failure> {
        let client_data = json!({ "type": "webauthn.get", "challenge": challenge, "origin": self.origin }).to_string();
        let mut data = digest(&SHA256, b"localhost").as_ref().to_vec();
        // Present, verified, and backed up; no counter.
        data.extend([0x1d, 0, 0, 0, 0]);
        let signed = [data.as_slice(), digest(&SHA256, client_data.as_bytes()).as_ref()].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed)?;
        Ok(json!({ "id": text(&self.id), "type": "public-key", "response": {
            "clientDataJSON": text(client_data.as_bytes()),
            "authenticatorData": text(&data),
            "signature": text(signature.as_ref()),
            "userHandle": text(&self.user.handle()),
        } }))
    }

    async fn post(&mut self, path: &str, cookie: &str, body: &Value) -> Result<Answer, Failure> {
        let (host, body) = (self.origin.trim_start_matches("http://"), body.to_string());
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: {host}\r\norigin: {}\r\nsec-fetch-site: same-origin\r\ncookie: {cookie}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.origin,
            body.len()
        );
        Ok(self.line.exchange(request.as_bytes()).await?)
    }

    async fn sign_in(&mut self) -> Result<(), Failure> {
        let begun = self.post("/auth/passkey/options", "a=b", &json!({ "step": "sign_in" })).await?;
        let options: Value = serde_json::from_slice(&begun.body)?;
        let cookie = begun.cookie("passkey=").ok_or("no mark")?;
        let credential = self.sign(options["publicKey"]["challenge"].as_str().ok_or("no challenge")?)?;
        let body = json!({ "ceremony": options["ceremony"], "credential": credential });
        let finished = self.post("/auth/passkey", &cookie, &body).await?;
        if finished.status == 200 { Ok(()) } else { Err(finished.status.to_string().into()) }
    }
}

impl Client for Person {
    async fn once(&mut self) -> Result<(), String> {
        self.sign_in().await.map_err(|error| error.to_string())
    }
}

/// As the settings do, from a session.
async fn add(
    database: &Database,
    user: UserId,
    id: &[u8],
    key: &EcdsaKeyPair,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let session = NewSession {
        user,
        identity: None,
        authentications: Authentications::by(AuthenticationMethod::Password, now),
        condition: latchkey::store::OpeningCondition::None,
        browser: None,
        client: ClientInfo::default(),
        data: "{}".to_owned(),
        created_at: now,
        expires_at: now + time::Duration::DAY,
        absolute_expires_at: now + time::Duration::DAY,
    };
    database.create_session(&text(id), &session).await?;
    let sessions = database.user_sessions(user, now).await?;
    let here = sessions.first().ok_or("no session")?;
    let credential = NewCredential {
        id: CredentialId::new(id)?,
        public_key: PublicKey::from_cose(&cose(key))?,
        sign_count: 0,
        aaguid: Aaguid::new([0; 16]),
        transports: TransportSet::default(),
        backup_eligible: true,
        backed_up: true,
        user_verified: true,
    };
    let audit = AuditContext { client: ClientInfo::default(), now };
    let here = SessionVersion { id: &here.id, version: here.version };
    database.add_passkey(user, &credential, "Bench", here, &audit).await?;
    Ok(())
}

/// `COSE_Key` of P-256.
fn cose(key: &EcdsaKeyPair) -> Vec<u8> {
    let point = key.public_key().as_ref();
    let head = [0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
    [&head, &point[1..33], &[0x22, 0x58, 0x20], &point[33..]].concat()
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
