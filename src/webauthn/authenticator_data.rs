//! Authenticator data: what an authenticator signs (WebAuthn §6.1).

use aws_lc_rs::digest::{SHA256, digest};

use super::{Aaguid, CredentialId, PublicKey, Rp, WebAuthnError, cbor::Cbor};

/// The parsed bytes, nothing checked.
#[derive(Clone, Debug)]
pub(super) struct AuthenticatorData {
    rp_id_hash: [u8; 32],
    flags: u8,
    pub(super) sign_count: u32,
    pub(super) attested: Option<AttestedCredential>,
}

/// The credential of a registration (§6.5.2).
#[derive(Clone, Debug)]
pub(super) struct AttestedCredential {
    pub(super) aaguid: Aaguid,
    pub(super) id: CredentialId,
    pub(super) public_key: PublicKey,
}

const USER_PRESENT: u8 = 0x01;
const USER_VERIFIED: u8 = 0x04;
const BACKUP_ELIGIBLE: u8 = 0x08;
const BACKUP_STATE: u8 = 0x10;
const ATTESTED_CREDENTIAL: u8 = 0x40;
const EXTENSIONS: u8 = 0x80;

impl AuthenticatorData {
    /// # Errors
    /// [`WebAuthnError::Malformed`]; for the key as [`PublicKey::from_cose`].
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, WebAuthnError> {
        let (rp_id_hash, rest) = bytes.split_first_chunk::<32>().ok_or(WebAuthnError::Malformed)?;
        let ([flags], rest) = rest.split_first_chunk::<1>().ok_or(WebAuthnError::Malformed)?;
        let (sign_count, mut rest) = rest.split_first_chunk::<4>().ok_or(WebAuthnError::Malformed)?;
        let mut attested = None;
        if flags & ATTESTED_CREDENTIAL != 0 {
            let (credential, after) = AttestedCredential::parse(rest)?;
            (attested, rest) = (Some(credential), after);
        }
        if flags & EXTENSIONS != 0 {
            rest = &rest[value_length(rest)?..];
        }
        if !rest.is_empty() {
            return Err(WebAuthnError::Malformed);
        }
        Ok(Self { rp_id_hash: *rp_id_hash, flags: *flags, sign_count: u32::from_be_bytes(*sign_count), attested })
    }

    /// Checks what both ceremonies have in common: §7.1 steps 14, 17 and 18, §7.2 steps 16 and 18.
    pub(super) fn check(&self, rp: &Rp) -> Result<(), WebAuthnError> {
        if digest(&SHA256, rp.id().as_bytes()).as_ref() != self.rp_id_hash {
            return Err(WebAuthnError::WrongRpId);
        }
        if self.is_backed_up() && !self.is_backup_eligible() {
            return Err(WebAuthnError::BackupState);
        }
        Ok(())
    }

    /// UP: someone touched the authenticator.
    pub(super) fn is_user_present(&self) -> bool {
        self.flags & USER_PRESENT != 0
    }

    /// UV: the authenticator verified its user, by a PIN or by biometrics.
    pub(super) fn is_user_verified(&self) -> bool {
        self.flags & USER_VERIFIED != 0
    }

    /// BE: the credential can be copied to other devices.
    pub(super) fn is_backup_eligible(&self) -> bool {
        self.flags & BACKUP_ELIGIBLE != 0
    }

    /// BS: there is a copy.
    pub(super) fn is_backed_up(&self) -> bool {
        self.flags & BACKUP_STATE != 0
    }
}

impl AttestedCredential {
    /// The credential, and the bytes after it.
    fn parse(bytes: &[u8]) -> Result<(Self, &[u8]), WebAuthnError> {
        let (aaguid, rest) = bytes.split_first_chunk::<16>().ok_or(WebAuthnError::Malformed)?;
        let (length, rest) = rest.split_first_chunk::<2>().ok_or(WebAuthnError::Malformed)?;
        let (id, rest) =
            rest.split_at_checked(usize::from(u16::from_be_bytes(*length))).ok_or(WebAuthnError::Malformed)?;
        let (key, rest) = rest.split_at_checked(value_length(rest)?).ok_or(WebAuthnError::Malformed)?;
        let credential =
            Self { aaguid: Aaguid::new(*aaguid), id: CredentialId::new(id)?, public_key: PublicKey::from_cose(key)? };
        Ok((credential, rest))
    }
}

/// The length of the CBOR value at the beginning of these bytes.
fn value_length(bytes: &[u8]) -> Result<usize, WebAuthnError> {
    let mut cbor = Cbor::new(bytes);
    cbor.skip()?;
    Ok(cbor.position())
}
