//! Why a response of an authenticator was rejected.

use crate::codes::codes;

codes! {
    /// The first check that failed. The audit trail keeps its code.
    WebAuthnError {
        /// Not the JSON, CBOR or bytes of this step, or longer than they can be.
        Malformed = "malformed",
        /// `type` of the client data: a signature of one ceremony presented to the other.
        WrongType = "wrong_type",
        /// Another challenge than ours: a replay, or another browser's ceremony.
        WrongChallenge = "wrong_challenge",
        /// Made on another site, such as one that imitates this one.
        WrongOrigin = "wrong_origin",
        /// Made in a frame of another site.
        CrossOrigin = "cross_origin",
        /// Made for another relying party.
        WrongRpId = "wrong_rp_id",
        /// Nobody touched the authenticator.
        UserNotPresent = "user_not_present",
        /// The authenticator did not verify its user where that is required.
        UserNotVerified = "user_not_verified",
        /// "Backed up" and "cannot be backed up" at once, or not as at the registration.
        BackupState = "backup_state",
        /// A key of an algorithm that was not offered.
        UnsupportedAlgorithm = "unsupported_algorithm",
        /// A key that is none: a point off its curve, a modulus out of bounds.
        InvalidKey = "invalid_key",
        /// The signature does not verify.
        InvalidSignature = "invalid_signature",
        /// The counter did not advance: the authenticator may have been cloned.
        CounterWentBack = "counter_went_back",
        /// The credential belongs to another user than the response says, or than the one who is asked.
        WrongUserHandle = "wrong_user_handle",
        /// No user has this credential: it was removed, or never added.
        UnknownCredential = "unknown_credential",
    }
}

impl std::fmt::Display for WebAuthnError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.code())
    }
}

impl std::error::Error for WebAuthnError {}
