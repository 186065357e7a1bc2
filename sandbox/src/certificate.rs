//! A self-signed X.509 certificate (RFC 5280) around a signing key: the form in which Google's own clients fetch its keys.

use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use time::OffsetDateTime;
use time::macros::format_description;

use super::keys::SigningKey;

const BIT_STRING: u8 = 0x03;
const INTEGER: u8 = 0x02;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const UTF8_STRING: u8 = 0x0c;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
/// `version`, explicitly tagged.
const VERSION: u8 = 0xa0;

/// `AlgorithmIdentifier` of sha256WithRSAEncryption (RFC 4055 §5), with its NULL.
const SHA256_WITH_RSA: &[u8] =
    &[0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b, 0x05, 0x00];
/// The object identifier of commonName.
const COMMON_NAME: &[u8] = &[0x06, 0x03, 0x55, 0x04, 0x03];

const DAY: i64 = 86_400;

/// PEM; valid from a day before `now` (Unix seconds) for sixteen days, about as long as Google's.
pub fn pem(key: &SigningKey, now: i64) -> String {
    let text = STANDARD.encode(der(key, now));
    let lines = text.as_bytes().chunks(64).map(String::from_utf8_lossy).collect::<Vec<_>>().join("\n");
    format!("-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n")
}

fn der(key: &SigningKey, now: i64) -> Vec<u8> {
    let name = value(SEQUENCE, &[&value(SET, &[&value(SEQUENCE, &[COMMON_NAME, &value(UTF8_STRING, &[b"sandbox"])])])]);
    let serial = now.to_be_bytes();
    let statement = value(
        SEQUENCE,
        &[
            &value(VERSION, &[&value(INTEGER, &[&[2]])]),
            &value(INTEGER, &[&serial[4..]]),
            SHA256_WITH_RSA,
            &name,
            &value(SEQUENCE, &[&time(now - DAY), &time(now + 15 * DAY)]),
            &name,
            &key.public_der(),
        ],
    );
    let signature = key.sign(&RSA_PKCS1_SHA256, &statement);
    value(SEQUENCE, &[&statement, SHA256_WITH_RSA, &value(BIT_STRING, &[&[0], &signature])])
}

/// A tag, the length, and the parts.
fn value(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = content.len().to_be_bytes();
    let significant = &length[length.iter().position(|byte| *byte != 0).unwrap_or(length.len() - 1)..];
    let mut encoded = vec![tag];
    if content.len() < 0x80 {
        encoded.push(significant[0]);
    } else {
        encoded.push(0x80 | u8::try_from(significant.len()).unwrap_or_default());
        encoded.extend(significant);
    }
    encoded.extend(content);
    encoded
}

/// `Time`: two digits of the year until 2049, then four (RFC 5280 §4.1.2.5).
fn time(unix: i64) -> Vec<u8> {
    let at = OffsetDateTime::from_unix_timestamp(unix).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let (tag, text) = if at.year() < 2050 {
        (UTC_TIME, at.format(format_description!("[year repr:last_two][month][day][hour][minute][second]Z")))
    } else {
        (GENERALIZED_TIME, at.format(format_description!("[year][month][day][hour][minute][second]Z")))
    };
    value(tag, &[text.unwrap_or_default().as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn certificate_contains_the_key_and_its_signature() {
        let key = SigningKey::generate().await.unwrap();
        let der = der(&key, 1_800_000_000);
        // SEQUENCE { statement, algorithm, BIT STRING }, all longer than 255 bytes but the algorithm.
        let length = |at: usize| usize::from(der[at + 2]) << 8 | usize::from(der[at + 3]);
        assert_eq!((der[0], der[1], length(0) + 4), (SEQUENCE, 0x82, der.len()));
        let statement = &der[4..8 + length(4)];
        let rest = &der[8 + length(4)..];
        let signature = rest.strip_prefix(SHA256_WITH_RSA).unwrap();
        assert!(key.verifies(statement, &signature[5..]), "a BIT STRING of 257 bytes");
        let public = key.public_der();
        assert!(statement.windows(public.len()).any(|part| part == public));
        let pem = pem(&key, 0);
        assert!(pem.starts_with("-----BEGIN CERTIFICATE-----\nMII") && pem.lines().all(|line| line.len() <= 64));
    }

    #[test]
    fn lengths_are_minimal() {
        assert_eq!(value(4, &[&[7]]), [4, 1, 7]);
        assert_eq!(value(4, &[]), [4, 0]);
        assert_eq!(value(4, &[&[0; 127]])[..2], [4, 127]);
        assert_eq!(value(4, &[&[0; 128]])[..3], [4, 0x81, 128]);
        assert_eq!(value(4, &[&[0; 300], &[0; 20]])[..4], [4, 0x82, 1, 64]);
    }

    #[test]
    fn time_has_its_form_by_year() {
        assert_eq!(time(0), [&[UTC_TIME, 13][..], b"700101000000Z"].concat());
        assert_eq!(time(2_524_608_000), [&[GENERALIZED_TIME, 15][..], b"20500101000000Z"].concat());
    }
}
