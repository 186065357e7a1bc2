//! Users with accounts at the mock providers: eight predefined ones, and those that tests or the chooser add.

use aws_lc_rs::digest;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::fields::Fields;

/// The oldest created user is evicted first.
const CAPACITY: usize = 500;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Used in forms and control calls, for example `ada`.
    pub id: String,
    /// Google's subject: 21 digits.
    pub sub: String,
    pub name: Option<String>,
    pub email: Option<String>,
    pub email_verified: bool,
    /// The Workspace domain that owns the account.
    pub hd: Option<String>,
    pub picture: bool,
}

impl Person {
    /// The subject is derived from the address: the same after a restart.
    pub fn with_email(email: &str, name: Option<String>) -> Self {
        let sub = subject_of(&email.to_ascii_lowercase());
        Self {
            id: format!("p{}", &sub[sub.len() - 12..]),
            sub,
            name,
            email: Some(email.to_owned()),
            email_verified: true,
            hd: None,
            picture: true,
        }
    }

    /// A number below 2^`bits`, derived from the subject and `purpose`; the providers' ids are built from it. A user
    /// with another `sub` is another user at every provider.
    pub fn number(&self, purpose: &str, bits: u32) -> u64 {
        let hash = digest::digest(&digest::SHA256, format!("{purpose} {}", self.sub).as_bytes());
        let number = hash.as_ref().iter().take(8).fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
        number & ((1 << bits.min(63)) - 1)
    }

    pub fn label(&self) -> &str {
        self.name.as_deref().or(self.email.as_deref()).unwrap_or("Unnamed account")
    }

    /// The first word of the name, and the rest.
    pub fn names(&self) -> (Option<&str>, Option<&str>) {
        match self.name.as_deref().map(|name| name.split_once(' ').unwrap_or((name, ""))) {
            Some((given, "")) => (Some(given), None),
            Some((given, family)) => (Some(given), Some(family)),
            None => (None, None),
        }
    }

    pub fn changed(&self, changes: Map<String, Value>) -> Result<Self, serde_json::Error> {
        let mut members = serde_json::to_value(self)?;
        for (name, value) in changes {
            members[&name] = value;
        }
        serde_json::from_value(members)
    }
}

#[derive(Debug)]
pub struct Persons(Vec<Person>);

impl Default for Persons {
    fn default() -> Self {
        Self(predefined())
    }
}

impl Persons {
    pub fn all(&self) -> &[Person] {
        &self.0
    }

    pub fn by_id(&self, id: &str) -> Option<&Person> {
        self.0.iter().find(|person| person.id == id)
    }

    /// By email or subject, as in `login_hint`.
    pub fn by_hint(&self, hint: &str) -> Option<&Person> {
        self.0.iter().find(|person| {
            person.sub == hint || person.email.as_deref().is_some_and(|email| email.eq_ignore_ascii_case(hint))
        })
    }

    /// The user from a chooser form: `person=<id>`, or `person=new` with `email`, `name`, `verified`.
    pub fn pick(&mut self, form: &Fields) -> Option<Person> {
        let id = form.get("person")?;
        if id != "new" {
            return self.by_id(id).cloned();
        }
        let email = form.get("email").filter(|email| email.contains('@') && email.len() <= 320)?;
        if let Some(known) = self.by_hint(email) {
            return Some(known.clone());
        }
        let name = form.get("name").map(|name| name.chars().take(200).collect());
        let mut person = Person::with_email(email, name);
        person.email_verified = form.get("verified") != Some("no");
        self.put(person.clone());
        Some(person)
    }

    /// Adds a user, or replaces the one with the same `id`.
    pub fn put(&mut self, person: Person) {
        match self.0.iter_mut().find(|known| known.id == person.id) {
            Some(known) => *known = person,
            None => self.0.push(person),
        }
        if self.0.len() > CAPACITY {
            self.0.remove(predefined().len());
        }
    }
}

fn predefined() -> Vec<Person> {
    let person = |id: &str, name: Option<&str>, email: Option<&str>| Person {
        id: id.to_owned(),
        sub: subject_of(id),
        name: name.map(str::to_owned),
        email: email.map(str::to_owned),
        email_verified: email.is_some(),
        hd: None,
        picture: true,
    };
    let grace = person("grace", Some("Grace Hopper"), Some("grace@navy.example"));
    let linus = person("linus", Some("Linus Penguin"), Some("linus@example.org"));
    let plain = person("plain", None, Some("plain@gmail.com"));
    let long = "Maximiliana-Theodora Wolfeschlegelsteinhausenbergerdorff von und zu Hohenlohe-Schillingsfürst 🦄👩🏽‍🚀 مريم عبد الرحمن שלום";
    vec![
        person("ada", Some("Ada Lovelace"), Some("ada@gmail.com")),
        Person { hd: Some("navy.example".to_owned()), ..grace },
        Person { email_verified: false, ..linus },
        Person { picture: false, ..plain },
        person("long", Some(long), Some("maximiliana.theodora.wolfeschlegelsteinhausenbergerdorff@gmail.com")),
        person("nomail", Some("Niko Nomail"), None),
        person("mallory", Some("Mallory Guest"), Some("mallory@evil.example")),
        person("petra", Some("Petra Password"), Some("petra@example.org")),
    ]
}

/// 21 digits starting with 1, as Google's.
fn subject_of(seed: &str) -> String {
    let hash = digest::digest(&digest::SHA256, seed.as_bytes());
    let digits = hash.as_ref().iter().take(20).map(|byte| char::from(b'0' + byte % 10));
    std::iter::once('1').chain(digits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subject_is_stable_and_has_21_digits() {
        let ada = Person::with_email("Someone@gmail.com", None);
        assert_eq!(ada.sub.len(), 21);
        assert!(ada.sub.bytes().all(|byte| byte.is_ascii_digit()));
        assert_eq!(ada.sub, Person::with_email("someone@gmail.com", None).sub);
    }

    #[test]
    fn predefined_users_stay_when_the_list_is_full() {
        let mut persons = Persons::default();
        for number in 0..CAPACITY + 20 {
            persons.put(Person::with_email(&format!("{number}@example.org"), None));
        }
        assert_eq!(persons.all().len(), CAPACITY);
        assert!(predefined().iter().all(|person| persons.by_id(&person.id) == Some(person)));
        let subjects: std::collections::HashSet<_> = persons.all().iter().map(|person| &person.sub).collect();
        assert_eq!(subjects.len(), CAPACITY);
    }

    #[test]
    fn change_of_the_wrong_type_is_rejected() {
        let ada = predefined().remove(0);
        let change = |value: Value| ada.changed(Map::from_iter([("email_verified".to_owned(), value)]));
        assert!(change(Value::from("yes")).is_err());
        assert!(!change(Value::from(false)).unwrap().email_verified);
    }
}
