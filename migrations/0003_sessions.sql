-- A signed-in browser or application. Anonymous visitors have no row.
CREATE TABLE sessions (
    -- Hash of the id in the cookie: reading this table does not let anybody sign in. Token sessions have a random value
    -- here, which no cookie matches.
    id_hash TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- The identity that opened it. Unlinking ends the session by a statement of its own.
    identity_id TEXT REFERENCES identities (id) ON DELETE SET NULL,
    -- A provider's slug, or 'password'.
    provider TEXT,
    user_agent TEXT,
    ip TEXT,
    -- The application's session data, as JSON.
    data TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    -- When the user last authenticated in this session. Sensitive changes require a recent time.
    reauthenticated_at BIGINT NOT NULL,
    -- Idle expiry: moves with use, never beyond the absolute one.
    expires_at BIGINT NOT NULL,
    absolute_expires_at BIGINT NOT NULL
);

CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_identity ON sessions (identity_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
