//! What holds for every provider of the table.

use std::collections::BTreeSet;

use super::*;

#[test]
fn slugs_issuers_and_labels_are_unique() {
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
fn constant_endpoints_are_https_at_the_providers_own_domains() {
    for provider in every_provider() {
        let Metadata::Constant(metadata) = &provider.metadata else { continue };
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
fn id_tokens_need_keys_algorithms_and_the_openid_scope() {
    for provider in every_provider() {
        let scopes = provider.spec.sign_in_scopes;
        match &provider.spec.identity {
            IdentitySource::IdToken(spec) => {
                assert!(scopes.contains(&"openid") && !spec.algorithms.is_empty(), "{}", provider.slug);
                let Metadata::Constant(metadata) = &provider.metadata else { continue };
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
        let Metadata::Constant(metadata) = &provider.metadata else { continue };
        let authentication = provider.client_authentication(metadata, AssertionTime { now: 0, id: [0; 16] });
        assert!(authentication.unwrap().is_some(), "{}", provider.slug);
    }
}

#[test]
fn api_access_has_refresh_tokens_and_revocation() {
    for provider in every_provider() {
        let offers = crate::codes::access::Access::ALL.iter().any(|access| provider.offers(*access));
        let lasts = provider.spec.api_access.as_ref().is_some_and(|api_access| !api_access.offline.is_empty());
        assert_eq!(offers, lasts, "{}", provider.slug);
        assert_eq!(offers, crate::providers::api_access(provider.slug.as_str()).is_some(), "{}", provider.slug);
        let Metadata::Constant(metadata) = &provider.metadata else { continue };
        assert!(!offers || metadata.revocation_endpoint.is_some(), "{}", provider.slug);
    }
}

#[test]
fn empty_documents_have_no_profile() {
    for provider in every_provider() {
        if let IdentitySource::Api(spec) = &provider.spec.identity {
            assert_eq!((spec.profile)(&provider, &Documents::default()), None, "{}", provider.slug);
        }
    }
}

#[test]
fn a_slug_is_the_prefix_of_variables_that_no_other_provider_has() {
    for row in BUILT_IN {
        assert_eq!(built_in(row.slug).unwrap().label, row.label);
        assert!(row.slug.bytes().all(|byte| byte.is_ascii_lowercase()), "{}", row.slug);
        let names: BTreeSet<_> =
            row.required.iter().copied().chain(row.optional.iter().map(|variable| variable.name)).collect();
        assert_eq!(names.len(), row.required.len() + row.optional.len(), "{}", row.slug);
    }
    assert!(built_in("work").is_none());
}

#[test]
fn a_provider_without_nonce_or_pkce_supports_neither() {
    for row in BUILT_IN {
        let nonce = matches!(&row.spec.identity, IdentitySource::IdToken(spec) if spec.nonce);
        let oauth = matches!(row.spec.identity, IdentitySource::Api(_));
        // RFC 9700 §2.1.1 wants one of the two; LinkedIn has neither, and its page says what remains.
        assert!(row.spec.pkce && (nonce || oauth) || row.slug == "linkedin", "{}", row.slug);
    }
}
