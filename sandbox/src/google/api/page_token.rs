//! Page tokens: bound to their listing and valid after a restart.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::ApiError;
use crate::fields::Fields;

pub struct Listing([u8; 8]);

impl Listing {
    /// Identifies a listing by its owner and the query fields that define it.
    pub fn of(subject: &str, query: &Fields, fields: &[&str]) -> Self {
        let values: Vec<Vec<_>> = fields.iter().map(|name| query.all(name).collect()).collect();
        let hash = digest::digest(&digest::SHA256, format!("{subject} {values:?}").as_bytes());
        let mut print = [0; 8];
        print.copy_from_slice(&hash.as_ref()[..8]);
        Self(print)
    }
}

/// The token that continues after the item at `position`.
pub fn token(listing: &Listing, position: usize) -> String {
    let mut bytes = listing.0.to_vec();
    bytes.extend(u32::try_from(position).unwrap_or(u32::MAX).to_be_bytes());
    format!("~!!~{}", URL_SAFE_NO_PAD.encode(bytes))
}

/// The position after which `pageToken` continues.
///
/// # Errors
/// 400 if the token belongs to another listing.
pub fn resumed(listing: &Listing, query: &Fields) -> Result<Option<usize>, ApiError> {
    let Some(text) = query.get("pageToken") else { return Ok(None) };
    position(listing, text).map(Some).ok_or(ApiError::value("pageToken"))
}

fn position(listing: &Listing, text: &str) -> Option<usize> {
    let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix("~!!~")?).ok()?;
    let position = bytes.strip_prefix(&listing.0)?;
    usize::try_from(u32::from_be_bytes(position.try_into().ok()?)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_token_works_for_its_own_listing_only() {
        let listing = |query: &str| Listing::of("1", &Fields::parse(query), &["q"]);
        let token = token(&listing("q=a&pageSize=1"), 299);
        let with = Fields::parse(&format!("pageToken={token}"));
        assert_eq!(resumed(&listing("q=a"), &with).unwrap(), Some(299));
        assert_eq!(resumed(&listing("q=a"), &Fields::default()).unwrap(), None);
        assert!(resumed(&listing("q=b"), &with).is_err());
        assert!(resumed(&Listing::of("2", &Fields::parse("q=a"), &["q"]), &with).is_err());
        assert!(resumed(&listing("q=a"), &Fields::parse("pageToken=x")).is_err());
    }
}
