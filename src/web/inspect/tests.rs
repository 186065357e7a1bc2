//! Whatever a flow holds, no rendering shows a secret, and no file that is passed on shows personal data.

use proptest::prelude::*;
use secrecy::SecretString;
use serde_json::json;
use url::{Url, form_urlencoded};

use super::view::{compare_view, list_view, tour_view, walkthrough_view};
use crate::{
    inspect::{
        Audience, FlowKind, Recorder, Redactor, Step, Value, Walkthrough, exchange_request, exchange_response,
        id_token_parts, walkthrough_text,
    },
    oauth::{Client, ClientAuthentication, HttpRequest, HttpResponse, refresh_token_grant},
    ui::{
        plain_document::{compare_html, inspect_html, tour_html, walkthrough_file, walkthrough_html},
        view::Assets,
    },
};

/// The names under which secrets travel, and some that this program does not know.
const SECRET_NAMES: [&str; 14] = [
    "code",
    "state",
    "nonce",
    "code_verifier",
    "client_secret",
    "client_assertion",
    "access_token",
    "refresh_token",
    "id_token",
    "password",
    "token",
    "error_description",
    "logout_hint",
    "x",
];
const PERSONAL_NAMES: [&str; 5] = ["sub", "email", "name", "picture", "login_hint"];

/// A text that occurs in no page by chance.
fn hidden() -> impl Strategy<Value = String> {
    "[A-Za-z0-9_-]{16,80}"
}

#[derive(Clone, Debug)]
struct Secrets {
    pairs: Vec<(&'static str, String)>,
    personal: Vec<(&'static str, String)>,
    bearer: String,
    client_secret: String,
}

fn secrets() -> impl Strategy<Value = Secrets> {
    let pair = (proptest::sample::select(&SECRET_NAMES[..]), hidden());
    let personal = (proptest::sample::select(&PERSONAL_NAMES[..]), hidden());
    (proptest::collection::vec(pair, 1..8), proptest::collection::vec(personal, 1..4), hidden(), hidden())
        .prop_map(|(pairs, personal, bearer, client_secret)| Secrets { pairs, personal, bearer, client_secret })
}

impl Secrets {
    fn query(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(self.pairs.iter().chain(&self.personal)).finish()
    }

    fn document(&self) -> serde_json::Value {
        let members = self.pairs.iter().chain(&self.personal).map(|(name, value)| ((*name).to_owned(), json!(value)));
        let mut document: serde_json::Map<_, _> = members.collect();
        document.insert("inside".to_owned(), json!({ "token": self.bearer, "list": [self.client_secret] }));
        document.insert("list".to_owned(), json!([self.bearer, { "secret": self.client_secret }]));
        document.into()
    }

    /// A token whose claims are all of these.
    fn id_token(&self) -> String {
        use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
        let part = |document: serde_json::Value| URL_SAFE_NO_PAD.encode(document.to_string());
        let header = json!({ "alg": "RS256", "typ": "JWT", "jwk": { "k": self.bearer } });
        format!("{}.{}.{}", part(header), part(self.document()), self.bearer)
    }

    fn steps(&self, redactor: &Redactor) -> Vec<Step> {
        let url = Url::parse(&format!("https://id.example/token?{}", self.query())).unwrap();
        let client = Client {
            client_id: "client".to_owned(),
            authentication: ClientAuthentication::ClientSecretPost(self.client_secret.clone().into()),
        };
        let bearer = SecretString::from(self.bearer.clone());
        let response =
            HttpResponse { status: 200, body: self.document().to_string().into_bytes(), ..HttpResponse::default() };
        let form = HttpResponse {
            content_type: Some("application/x-www-form-urlencoded".to_owned()),
            body: self.query().into_bytes(),
            ..response.clone()
        };
        vec![
            Step::Requested {
                method: "GET",
                path: Value::path(&format!("/x?{}", self.query())),
                parameters: redactor.urlencoded(&self.query()),
            },
            Step::AuthorizationRequest { endpoint: Value::url(&url), parameters: redactor.urlencoded(&self.query()) },
            exchange_request("tokens", &refresh_token_grant(&url, &client, &bearer, None), redactor),
            exchange_request("api", &HttpRequest::get_json_as_bearer(&url, &bearer), redactor),
            exchange_request("api", &HttpRequest::json(&url, &self.document()), redactor),
            exchange_response("tokens", &response, redactor),
            exchange_response("tokens", &form, redactor),
            id_token_parts(&self.id_token(), redactor),
            Step::Began { kind: FlowKind::SignIn, provider: Value::configured("google") },
            Step::Refused { because: Value::fact("refused"), next_step: None },
        ]
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn no_rendering_shows_a_secret(secrets in secrets()) {
        let recorder = Recorder::new().unwrap();
        let recording = recorder.begin("request", "GET", &format!("/x?{}", secrets.query()), 0);
        let mut steps = Vec::new();
        recording.add(|redactor| {
            steps = secrets.steps(redactor);
            steps.remove(0)
        });
        steps.into_iter().for_each(|step| recording.add(|_| step));
        drop(recording);
        let walkthrough = Walkthrough::of(&recorder.find("request", 0).unwrap());
        let file = walkthrough_file(walkthrough_view(&walkthrough, Audience::Everyone));
        let renderings = [
            inspect_html(list_view(&recorder.summaries(0), true), &Assets::default()),
            walkthrough_html(walkthrough_view(&walkthrough, Audience::Here), &Assets::default()),
            walkthrough_text(&walkthrough),
            tour_html(tour_view(&walkthrough, Audience::Here), &Assets::default()),
            compare_html(compare_view(&walkthrough, &walkthrough), &Assets::default()),
            file.clone(),
        ];
        let hidden = secrets.pairs.iter().map(|(_, value)| value).chain([&secrets.bearer, &secrets.client_secret]);
        for value in hidden {
            prop_assert!(renderings.iter().all(|rendering| !rendering.contains(value.as_str())), "{}", value);
        }
        for (name, value) in &secrets.personal {
            prop_assert!(!file.contains(value.as_str()), "{name}: {value}");
            prop_assert!(renderings[1].contains(value.as_str()), "{name} is for whom it concerns");
        }
        prop_assert!(!file.contains("<script") && !file.contains("<link"));
    }
}
