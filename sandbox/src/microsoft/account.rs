//! A user's Microsoft account: tenant, ids, and what the directory says about the email address.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use uuid::{Builder, Uuid};

use crate::persons::Person;

/// The tenant of all personal accounts; Microsoft uses the same id.
pub const MICROSOFT_PERSONAL_TENANT: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";
/// The address that the administrator of `evil.example` entered for Mallory.
const STOLEN: &str = "ada@gmail.com";

pub struct Account {
    pub tid: String,
    /// The user within the tenant; the same for every client.
    pub oid: String,
    /// The user at this client (pairwise).
    pub sub: String,
    /// `preferred_username`: for display only, mutable.
    pub username: String,
    /// The directory's mail attribute: mutable and unverified.
    pub email: Option<String>,
    /// Whether the domain owner has verified the address, in one of the spellings seen in practice.
    pub xms_edov: Option<Value>,
}

impl Account {
    pub fn of(person: &Person, client_id: &str) -> Self {
        let tid = tenant_of_person(person);
        let oid = uuid_of(&format!("oid {tid} {}", person.sub)).to_string();
        // Ids of personal accounts are zero-padded 64-bit numbers.
        let oid = if tid == MICROSOFT_PERSONAL_TENANT { format!("00000000-0000-0000{}", &oid[18..]) } else { oid };
        let pairwise = digest::digest(&digest::SHA256, format!("sub {client_id} {}", person.sub).as_bytes());
        let username = || format!("{}@sandbox.onmicrosoft.example", person.id);
        Self {
            tid,
            oid,
            sub: URL_SAFE_NO_PAD.encode(pairwise),
            username: person.email.clone().unwrap_or_else(username),
            email: if person.id == "mallory" { Some(STOLEN.to_owned()) } else { person.email.clone() },
            xms_edov: match person.id.as_str() {
                _ if person.email.is_none() => None,
                "plain" | "mallory" => None,
                "grace" => Some(json!("1")),
                _ => Some(json!(person.email_verified)),
            },
        }
    }
}

/// The tenant id of a domain such as `navy.example`; always the same.
pub fn microsoft_tenant_of(domain: &str) -> String {
    uuid_of(&format!("tenant {domain}")).to_string()
}

fn tenant_of_person(person: &Person) -> String {
    let domain = match person.id.as_str() {
        "linus" | "long" => Some("example.org"),
        "nomail" => Some("navy.example"),
        "mallory" => Some("evil.example"),
        _ => person.hd.as_deref(),
    };
    domain.map_or_else(|| MICROSOFT_PERSONAL_TENANT.to_owned(), microsoft_tenant_of)
}

fn uuid_of(seed: &str) -> Uuid {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest::digest(&digest::SHA256, seed.as_bytes()).as_ref()[..16]);
    Builder::from_random_bytes(bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_depend_on_the_subject_not_the_email() {
        let ada = Person::with_email("ada.two@gmail.com", None);
        let moved = Person { email: Some("other@example.org".to_owned()), ..ada.clone() };
        let [one, two] = [&ada, &moved].map(|person| Account::of(person, "c"));
        assert_eq!((&one.tid, &one.oid, &one.sub), (&two.tid, &two.oid, &two.sub));
        assert_ne!(one.email, two.email);
        assert_ne!(one.sub, Account::of(&ada, "another client").sub);
        assert!(Uuid::try_parse(&one.oid).is_ok() && one.oid.starts_with("00000000-0000-0000-"), "{}", one.oid);
        let attacker_key = Account::of(&Person::with_email("x@gmail.com", None), "c");
        assert!(attacker_key.oid != one.oid && attacker_key.tid == one.tid);
    }
}
