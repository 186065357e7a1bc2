-- A signed-in browser or application. Anonymous visitors have no row.
CREATE TABLE sessions (
    -- UUID version 7 in base64url. For the whole life of the session, and no secret: pages and access tokens name it.
    id TEXT NOT NULL PRIMARY KEY,
    -- Hash of the secret in the cookie: reading this table does not let anybody sign in. NULL for token sessions. A
    -- renewal replaces it.
    id_hash TEXT UNIQUE,
    -- Hash of the secret before the last renewal. It opens nothing, but may sign out.
    previous_id_hash TEXT,
    -- Counts the renewals. Access tokens name it: those from before a renewal are worthless.
    version BIGINT NOT NULL,
    renewed_at BIGINT,
    -- The secret that the last renewal issued, sealed, for a request that raced with it. Deleted soon after.
    renewal TEXT,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- The identity that opened it, of the same user. Unlinking ends the session by a statement of its own, so that no foreign
    -- key and no index has to.
    identity_id TEXT,
    -- What opened it: a provider's slug, 'password', 'passkey' or 'email_code'.
    provider TEXT,
    -- Hash of the provider and its own session (`sid`), by which it can end this one. NULL where it names none.
    provider_session TEXT,
    user_agent TEXT,
    ip TEXT,
    -- The application's session data, as JSON.
    data TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    -- When the user last authenticated in this session. Sensitive changes require a recent time.
    reauthenticated_at BIGINT NOT NULL,
    -- JSON arrays of accounts::Authentication: what opened the session, and the steps of the last re-authentication.
    signed_in_by TEXT NOT NULL,
    reauthenticated_by TEXT NOT NULL,
    -- Idle expiry: moves with use, in steps, never beyond the absolute one.
    expires_at BIGINT NOT NULL,
    absolute_expires_at BIGINT NOT NULL
);

CREATE INDEX sessions_by_previous_id_hash ON sessions (previous_id_hash) WHERE previous_id_hash IS NOT NULL;
-- For the sweeper.
CREATE INDEX sessions_with_renewal ON sessions (renewed_at) WHERE renewal IS NOT NULL;
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_provider_session ON sessions (provider_session) WHERE provider_session IS NOT NULL;
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
