//! What a profile function reads must stand once; everything else in the documents may be anything.

use serde_json::{Value, json};

use super::*;
use crate::oauth::{
    HttpResponse, process_resource_response,
    variants_for_tests::{Variant, variants, variants_of},
};

fn response(body: &str) -> HttpResponse {
    let content_type = Some("application/json".to_owned());
    HttpResponse { status: 200, content_type, body: body.as_bytes().to_vec(), ..HttpResponse::default() }
}

/// A provider's documents, each with its name.
fn documents(slug: &str) -> Vec<(&'static str, Value)> {
    match slug {
        "discord" => vec![(
            "me",
            json!({"id": "80351110224678912", "username": "ada", "global_name": "Ada", "email": "ada@x.example", "verified": true}),
        )],
        "facebook" => vec![(
            "me",
            json!({"id": "10", "name": "Ada", "email": "ada@x.example", "picture": {"data": {"url": "https://a.fbcdn.net/1", "width": 256}}}),
        )],
        "github" => vec![
            (
                "user",
                json!({"id": 9_919, "login": "ada", "name": "Ada", "avatar_url": "https://avatars.githubusercontent.com/1", "email": null}),
            ),
            ("emails", json!([{"email": "ada@x.example", "primary": true, "verified": true, "visibility": null}])),
        ],
        "x" => vec![(
            "me",
            json!({"data": {"id": "7", "name": "Ada", "username": "ada", "confirmed_email": "ada@x.example"}}),
        )],
        other => panic!("{other} has no such documents"),
    }
}

/// The profile if one document of a provider has this text; `None` if the document is rejected.
fn profile_with(provider: &Provider, name: &'static str, text: &str) -> Option<Profile> {
    let token = "token".into();
    let declared = (oauth_spec(provider).documents)(provider, &token);
    let mut received = Documents::default();
    for (own, document) in documents(provider.slug.as_str()) {
        let text = if own == name { text.to_owned() } else { document.to_string() };
        let members = declared.iter().find(|declared| declared.name == own).unwrap().members;
        received.insert(own, process_resource_response(&response(&text), members).ok()?);
    }
    (oauth_spec(provider).profile)(provider, &received)
}

fn profile_of_variant(provider: &Provider, name: &'static str, variant: &Variant) -> Option<Profile> {
    profile_with(provider, name, &variant.text)
}

const APIS: [&str; 4] = ["discord", "facebook", "github", "x"];

/// The object that the profile is read from, as a JSON pointer.
fn parent(slug: &str, name: &str) -> &'static str {
    match (slug, name) {
        ("x", _) => "/data",
        (_, "emails") => "/0",
        _ => "",
    }
}

#[test]
fn unread_members_of_an_api_may_be_anything() {
    for slug in APIS {
        let provider = provider(slug);
        for (name, document) in documents(slug) {
            let expected = profile_with(&provider, name, &document.to_string());
            assert!(expected.is_some(), "{slug}");
            for variant in variants_of(&document, parent(slug, name), &["locale", "plan", "flags", "visibility", "bio"])
            {
                assert_eq!(profile_of_variant(&provider, name, &variant), expected, "{slug} {}", variant.label);
            }
        }
    }
    let facebook = provider("facebook");
    let (name, document) = documents("facebook").remove(0);
    for variant in variants(&document, "/picture/data", "width") {
        assert!(profile_of_variant(&facebook, name, &variant).is_some(), "{}", variant.label);
    }
}

#[test]
fn user_id_of_an_api_must_be_right() {
    for slug in APIS {
        let provider = provider(slug);
        let (name, document) = documents(slug).remove(0);
        for variant in variants(&document, parent(slug, name), "id") {
            // Other ids are other users: "text" where ids are text, 7 where they are numbers.
            let is_an_id = match slug {
                "facebook" | "x" => variant.text.contains(r#""id":"text""#),
                _ => false,
            };
            let profile = profile_of_variant(&provider, name, &variant);
            assert!(profile.is_none() || is_an_id, "{slug} {}: {profile:?}", variant.label);
        }
    }
}

#[test]
fn members_of_a_profile_are_optional_and_stand_once() {
    for (slug, members) in [
        ("discord", &["email", "verified", "global_name", "username", "avatar"][..]),
        ("facebook", &["email", "name"]),
        ("github", &["name", "avatar_url"]),
        ("x", &["confirmed_email", "name", "username", "profile_image_url"]),
    ] {
        let provider = provider(slug);
        let (name, document) = documents(slug).remove(0);
        for variant in variants_of(&document, parent(slug, name), members) {
            let profile = profile_of_variant(&provider, name, &variant);
            let passes = !variant.kind.is_defect();
            assert_eq!(profile.is_some(), passes, "{slug} {}", variant.label);
        }
    }
    let github = provider("github");
    let (name, document) = documents("github").remove(1);
    for variant in variants_of(&document, "/0", &["email", "primary", "verified"]) {
        let profile = profile_of_variant(&github, name, &variant);
        match variant.kind {
            kind if kind.is_defect() => assert_eq!(profile, None, "{}", variant.label),
            _ => {
                let email = profile.expect("a profile").email;
                let is_verified = email.is_some_and(|email| email.verified_by_provider);
                assert!(!is_verified || variant.text.contains(r#""email":"text""#), "{}", variant.label);
            }
        }
    }
}

#[test]
fn claims_that_a_profile_reads_are_declared() {
    // `Claims` leaves out what stands twice, so a claim that is missing here reads as absent and not as one of two.
    for provider in every_provider() {
        let IdentitySource::IdToken(spec) = &provider.spec.identity else { continue };
        assert!(spec.claims.contains(&"email"), "{}", provider.slug);
        let verified = if provider.slug.as_str() == "microsoft" { "xms_edov" } else { "email_verified" };
        assert!(spec.claims.contains(&verified), "{}", provider.slug);
    }
}
