//! What holds for every provider; a new one joins by `every_provider()`.

use std::collections::BTreeSet;

use super::*;

#[test]
fn no_two_have_a_slug_an_issuer_or_a_label_in_common() {
    let providers = every_provider();
    let slugs: BTreeSet<_> = providers.iter().map(|provider| provider.slug.as_str()).collect();
    let issuers: BTreeSet<_> = providers.iter().map(|provider| provider.metadata.issuer()).collect();
    let labels: BTreeSet<_> = providers.iter().map(|provider| provider.label.as_str()).collect();
    let all = providers.len();
    assert_eq!((slugs.len(), issuers.len(), labels.len()), (all, all, all));
    for slug in slugs {
        assert_eq!(Slug::parse(slug).unwrap().as_str(), slug);
    }
}

#[test]
fn every_constant_endpoint_is_https_at_the_providers_own_domain() {
    for provider in every_provider() {
        let Metadata::Principal(metadata) = &provider.metadata else { continue };
        let mut endpoints = vec![&metadata.authorization_endpoint, &metadata.token_endpoint];
        endpoints.extend(&metadata.jwks_uri);
        endpoints.extend(&metadata.userinfo_endpoint);
        endpoints.extend(&metadata.revocation_endpoint);
        let api = provider.api.as_deref().map(|api| url::Url::parse(api).unwrap());
        endpoints.extend(&api);
        for endpoint in endpoints {
            let host = endpoint.host_str().unwrap();
            let own =
                provider.spec.own_domains.iter().any(|domain| host == *domain || host.ends_with(&format!(".{domain}")));
            assert!(endpoint.scheme() == "https" && own, "{endpoint}");
        }
    }
}

#[test]
fn who_has_id_tokens_has_keys_and_an_asymmetric_algorithm_and_asks_for_openid() {
    for provider in every_provider() {
        let scopes = provider.spec.sign_in_scopes;
        match &provider.spec.who {
            IdentitySource::IdToken(spec) => {
                assert!(scopes.contains(&"openid") && !spec.algorithms.is_empty(), "{}", provider.slug);
                let Metadata::Principal(metadata) = &provider.metadata else { continue };
                assert!(metadata.jwks_uri.is_some(), "{}", provider.slug);
            }
            IdentitySource::Api(spec) => {
                assert!(!scopes.contains(&"openid") && provider.api.is_some(), "{}", provider.slug);
                let documents = (spec.documents)(&provider, &"the-token".into());
                assert!(documents.iter().any(|document| document.required), "{}", provider.slug);
                assert!(documents.iter().all(|document| !document.url.as_str().contains("the-token")));
            }
        }
    }
}

#[test]
fn every_client_can_authenticate() {
    for provider in every_provider() {
        let Metadata::Principal(metadata) = &provider.metadata else { continue };
        let secret = provider.client_secret.at(&provider.client_id, provider.metadata.issuer(), 0).unwrap();
        assert!(metadata.client_authentication(Some(secret)).is_some(), "{}", provider.slug);
    }
}

#[test]
fn who_has_something_to_see_is_asked_for_tokens_that_last_and_can_take_them_back() {
    for provider in every_provider() {
        let offers = crate::codes::access::Access::ALL.iter().any(|access| provider.offers(*access));
        let lasts = provider.spec.lets_see.as_ref().is_some_and(|lets_see| !lets_see.offline.is_empty());
        assert_eq!(offers, lasts, "{}", provider.slug);
        assert_eq!(offers, crate::providers::lets_see(provider.slug.as_str()).is_some(), "{}", provider.slug);
        let Metadata::Principal(metadata) = &provider.metadata else { continue };
        assert!(!offers || metadata.revocation_endpoint.is_some(), "{}", provider.slug);
    }
}

#[test]
fn nobody_is_made_of_documents_that_say_nothing() {
    for provider in every_provider() {
        if let IdentitySource::Api(spec) = &provider.spec.who {
            assert_eq!((spec.profile)(&provider, &Documents::default()), None, "{}", provider.slug);
        }
    }
}
