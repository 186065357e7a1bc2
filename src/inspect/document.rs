//! Requests to a provider and its responses, by names.

use secrecy::ExposeSecret;
use serde_json::Value as Json;

use super::{
    redactor::Redactor,
    step::Step,
    value::{Parameter, Value},
};
use crate::oauth::{HttpRequest, HttpResponse, Method};

/// A request: its URL without the query, and the parameters of query, headers and body by name.
pub fn exchange_request(part: &'static str, request: &HttpRequest, redactor: &Redactor) -> Step {
    let mut parameters = redactor.urlencoded(request.url.query().unwrap_or_default());
    let authorization = request.headers.iter().find(|(name, _)| *name == "authorization");
    parameters.extend(authorization.map(|(name, value)| Parameter::new(name, redactor.secret(value))));
    let is_form = request
        .headers
        .iter()
        .any(|(name, value)| *name == "content-type" && value.expose_secret() == "application/x-www-form-urlencoded");
    if let Some(body) = request.body.as_ref() {
        match is_form {
            true => parameters.extend(redactor.urlencoded(body.expose_secret())),
            false => parameters.push(Parameter::new("body", redactor.secret(body))),
        }
    }
    let method = match request.method {
        Method::Get => "GET",
        Method::Post => "POST",
    };
    Step::ProviderRequest { part, method, url: Value::url(&request.url), parameters }
}

/// A response: its status, and the members of a JSON document or the fields of a form.
pub fn exchange_response(part: &'static str, response: &HttpResponse, redactor: &Redactor) -> Step {
    let mut parameters = match serde_json::from_slice::<Json>(&response.body) {
        Ok(document) => redactor.members(&document),
        Err(_) if response.content_type.as_deref().is_some_and(|kind| kind.contains("form-urlencoded")) => {
            redactor.urlencoded(&String::from_utf8_lossy(&response.body))
        }
        Err(_) => Vec::new(),
    };
    if parameters.is_empty() {
        parameters.push(Parameter::new("bytes", Value::number(response.body.len() as i128)));
    }
    Step::ProviderResponse { part, status: Value::number(response.status), parameters }
}
