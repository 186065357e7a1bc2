-- WebAuthn credentials, each of one user. Public keys: reading this table does not let anybody sign in.
CREATE TABLE passkeys (
    -- UUID version 7. Names the row in forms.
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- As base64url. Unique among all users (WebAuthn §7.1 step 26).
    credential_id TEXT NOT NULL UNIQUE,
    -- COSE_Key as base64url.
    public_key TEXT NOT NULL,
    -- As of the last signature. 0 for authenticators that do not count.
    sign_count BIGINT NOT NULL,
    -- The model of the authenticator, as a UUID; all zeros where it does not say.
    aaguid TEXT NOT NULL,
    -- Chosen by the user, or from the AAGUID.
    name TEXT NOT NULL,
    -- How a browser reaches the authenticator: names, separated by spaces.
    transports TEXT NOT NULL,
    -- 1 if it can be copied to other devices, else 0; it never changes.
    backup_eligible BIGINT NOT NULL,
    -- 1 if there was a copy at the last signature, else 0.
    backed_up BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT
);

CREATE INDEX passkeys_by_user ON passkeys (user_id);
