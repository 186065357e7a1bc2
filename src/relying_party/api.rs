//! Who somebody is, from a provider whose API is asked.

use secrecy::SecretString;

use super::{
    CompleteError, FlowEvent, Journal, RelyingParty,
    complete::Exchanged,
    provider_client::{Part, ProviderClient},
};
use crate::{
    oauth::{ResourceError, process_resource_response, resource_request},
    providers::{ApiDocument, Documents, OAuthSpec, Profile},
};

impl RelyingParty {
    /// The profile from the API's documents, asked for one after the other with the new access token. That token came
    /// from the token endpoint for our own code just now: nobody can slip in another client's.
    pub(super) async fn ask_api(
        &self,
        exchanged: &Exchanged<'_>,
        spec: &OAuthSpec,
        journal: &mut Journal,
    ) -> Result<Profile, CompleteError> {
        self.ask_api_as_bearer(exchanged.client, spec, exchanged.tokens.access_token(), journal).await
    }

    /// The same for any access token that is known to be ours.
    pub(super) async fn ask_api_as_bearer(
        &self,
        client: &ProviderClient,
        spec: &OAuthSpec,
        access_token: &SecretString,
        journal: &mut Journal,
    ) -> Result<Profile, CompleteError> {
        let provider = &client.provider;
        let mut documents = Documents::default();
        for document in (spec.documents)(provider, access_token) {
            self.fetch(client, access_token, &document, &mut documents, journal).await?;
        }
        (spec.profile)(provider, &documents).ok_or(CompleteError::NoProfile)
    }

    /// A document that this token does not open may be missing, if it is not required. A provider that is away, or
    /// answers nonsense, is neither: going on without would make a user without an address of somebody who has one.
    async fn fetch(
        &self,
        client: &ProviderClient,
        access_token: &SecretString,
        document: &ApiDocument,
        documents: &mut Documents,
        journal: &mut Journal,
    ) -> Result<(), CompleteError> {
        let now = self.clock.now();
        if !client.may_ask(Part::Api, now) {
            return Err(CompleteError::BreakerOpen);
        }
        let request = resource_request(&document.url, access_token);
        let response = client.send(&self.http, Part::Api, request, now).await?;
        let outcome = process_resource_response(&response);
        journal.record(FlowEvent::DocumentReceived { name: document.name, usable: outcome.is_ok() });
        match outcome {
            Ok(value) => documents.insert(document.name, value),
            Err(ResourceError::Withheld(_)) if !document.required => {}
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }
}
