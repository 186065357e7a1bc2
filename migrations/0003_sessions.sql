-- A browser that is signed in. An anonymous visitor has no row.
CREATE TABLE sessions (
    -- Hash of the id in the cookie: who reads this table cannot sign in with it.
    id_hash TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- The way in that opened it. Unlinking it leaves the session to be ended on purpose.
    identity_id TEXT REFERENCES identities (id) ON DELETE SET NULL,
    provider TEXT,
    -- Where and with what, for "where you're signed in".
    user_agent TEXT,
    address TEXT,
    -- What the application keeps in the session, as JSON.
    data TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    -- Idle end: moves with use, never beyond the absolute end.
    expires_at BIGINT NOT NULL,
    -- Absolute end: never moves.
    absolute_expires_at BIGINT NOT NULL
);

-- "Sign out everywhere", and the list of devices.
CREATE INDEX sessions_by_user ON sessions (user_id);
-- Unlinking an identity looks for its sessions.
CREATE INDEX sessions_by_identity ON sessions (identity_id);
-- The sweeper.
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
