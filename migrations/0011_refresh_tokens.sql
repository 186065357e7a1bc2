-- Rotating refresh tokens. Each works once and yields the next; all tokens of a session are one family.
CREATE TABLE refresh_tokens (
    -- Hash of the token: reading this table does not let anybody use one.
    token_hash TEXT NOT NULL PRIMARY KEY,
    -- Deleted with the session; follows it when its id changes.
    session TEXT NOT NULL REFERENCES sessions (id_hash) ON DELETE CASCADE ON UPDATE CASCADE,
    -- The token that yielded this one. NULL for the first.
    parent_hash TEXT,
    created_at BIGINT NOT NULL,
    -- A used token is kept as long as its session: seeing it again reveals a theft.
    used_at BIGINT,
    -- The next token, sealed, for a retry whose first response was lost. Deleted when that token is used, or after a
    -- few seconds.
    child TEXT
);

CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session);
-- For the sweeper.
CREATE INDEX refresh_tokens_with_child ON refresh_tokens (used_at) WHERE child IS NOT NULL;
