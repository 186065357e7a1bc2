//! The profile from a provider's API, for providers without id_tokens.

use secrecy::{ExposeSecret, SecretString};

use super::{
    CompleteError, FlowEvent, Journal, RelyingParty,
    complete::Exchanged,
    provider_client::{Part, ProviderClient},
};
use crate::{
    oauth::{ProviderMessage, ResourceError, process_resource_response, resource_request},
    providers::{ApiDocument, Documents, OAuthSpec, Profile},
};

impl RelyingParty {
    /// Fetches the profile with the access token of the code exchange. The token comes directly from the token
    /// endpoint, so it cannot be one of another client.
    pub(super) async fn api_profile(
        &self,
        exchanged: &Exchanged<'_>,
        spec: &OAuthSpec,
        journal: &mut Journal,
    ) -> Result<Profile, CompleteError> {
        self.api_profile_of_token(exchanged.client, spec, exchanged.tokens.access_token(), journal).await
    }

    /// Fetches the profile with an access token, which must be known to be issued to this application's client.
    pub(super) async fn api_profile_of_token(
        &self,
        client: &ProviderClient,
        spec: &OAuthSpec,
        access_token: &SecretString,
        journal: &mut Journal,
    ) -> Result<Profile, CompleteError> {
        let provider = &client.provider;
        let mut documents = Documents::default();
        for document in (spec.documents)(provider, access_token) {
            self.fetch_document(client, access_token, &document, &mut documents, journal).await?;
        }
        (spec.profile)(provider, &documents).ok_or(CompleteError::NoProfile)
    }

    /// Fetches one document. If the token gives no access to an optional document, it is skipped. Any other failure is
    /// an error: without the document, a user with an email would be created without one.
    async fn fetch_document(
        &self,
        client: &ProviderClient,
        access_token: &SecretString,
        document: &ApiDocument,
        documents: &mut Documents,
        journal: &mut Journal,
    ) -> Result<(), CompleteError> {
        let now = self.clock.now();
        if !client.try_acquire(Part::Api, now) {
            return Err(CompleteError::BreakerOpen);
        }
        let request = resource_request(&document.url, access_token);
        let response = client.send(&self.http, Part::Api, request, now).await?;
        let outcome = process_resource_response(&response, document.members);
        journal.record(FlowEvent::DocumentReceived { name: document.name, usable: outcome.is_ok() });
        match outcome {
            Ok(value) => documents.insert(document.name, value),
            Err(ResourceError::AccessDenied(_)) if !document.required => {}
            Err(error) => {
                journal.provider_said(ProviderMessage::of_response(&response, &[access_token.expose_secret()]));
                return Err(error.into());
            }
        }
        Ok(())
    }
}
