use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header, errors::ErrorKind, jwk::JwkSet};

const LATCHKEY: &str = "http://localhost:3000"; // BASE_URL

/// The claims of an access token.
pub fn verify(access_token: &str, keys: &JwkSet) -> jsonwebtoken::errors::Result<serde_json::Value> {
    let header = decode_header(access_token)?;
    let key = header.kid.as_deref().and_then(|kid| keys.find(kid));
    let (Some(key), Some("at+jwt")) = (key, header.typ.as_deref()) else { return Err(ErrorKind::InvalidToken.into()) };
    let mut validation = Validation::new(Algorithm::ES256);
    validation.set_issuer(&[LATCHKEY]);
    validation.set_audience(&[LATCHKEY]); // or TOKEN_AUDIENCE
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    Ok(decode(access_token, &DecodingKey::from_jwk(key)?, &validation)?.claims)
}
