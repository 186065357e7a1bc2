-- What an application gets a new access token with. Each works once and leads to the next; the session is the family
-- that all of them are of.
CREATE TABLE refresh_tokens (
    -- Hash of the token: who reads this table can use none of them.
    token_hash TEXT NOT NULL PRIMARY KEY,
    -- A session that ends takes its tokens along, and one that gets another id keeps them.
    session TEXT NOT NULL REFERENCES sessions (id_hash) ON DELETE CASCADE ON UPDATE CASCADE,
    -- The token that led to this one. NULL for the first.
    parent_hash TEXT,
    created_at BIGINT NOT NULL,
    -- A used one is kept as long as its session: that it comes again is how a theft is noticed.
    used_at BIGINT,
    -- The token that this one led to, sealed, for a second try whose first answer was lost. Gone as soon as that token is
    -- used, and after a few seconds anyway.
    child TEXT
);

-- The end of a session.
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session);
-- The sweeper.
CREATE INDEX refresh_tokens_with_child ON refresh_tokens (used_at) WHERE child IS NOT NULL;
