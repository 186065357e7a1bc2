-- The refresh token of a token session: one row per session, however often it rotates. An older token is recognised by
-- its generation and its MAC.
CREATE TABLE refresh_tokens (
    session TEXT NOT NULL PRIMARY KEY REFERENCES sessions (id) ON DELETE CASCADE,
    -- Of the current token. Each rotation and each renewal of the session adds one.
    generation BIGINT NOT NULL,
    -- Hash of the current token: reading this table does not let anybody use it.
    token_hash TEXT NOT NULL,
    -- When the current token was issued.
    issued_at BIGINT NOT NULL,
    -- Hash of the token that was exchanged for the current one. NULL if a sign-in or a renewal issued it.
    previous_hash TEXT,
    -- The current token, sealed, for a repeat of that exchange. NULL once the client is known to have it.
    successor TEXT,
    -- The first generation since the last renewal of the session: older tokens are worthless.
    renewed_generation BIGINT NOT NULL,
    -- 'browser' or 'program': how long an exchange can be repeated.
    holder TEXT NOT NULL
);
