-- What a provider gave for an identity beyond who it is: tokens for its API, and the scopes that they are good for.
CREATE TABLE grants (
    -- One for each identity, with the union of its scopes: Google, for one, revokes all of them or none.
    identity_id TEXT NOT NULL PRIMARY KEY REFERENCES identities (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- The provider's slug.
    provider TEXT NOT NULL,
    -- What was granted, separated by spaces. Never what was asked for: people decline.
    scopes TEXT NOT NULL,
    -- Sealed, each for its own row and column. NULL once the grant has ended.
    access_token TEXT,
    -- Sealed likewise. NULL as well where the provider gave none.
    refresh_token TEXT,
    -- NULL where the provider does not say.
    access_expires_at BIGINT,
    -- One more with each change of the tokens: who writes on the strength of what they read an hour ago writes nothing.
    generation BIGINT NOT NULL,
    -- Until when somebody is renewing the tokens, on whichever machine. Others wait for their outcome meanwhile.
    refreshing_until BIGINT,
    given_at BIGINT NOT NULL,
    -- When it was last of use, to the minute.
    used_at BIGINT,
    ended_at BIGINT,
    -- 'disconnected' by the person, 'revoked' at the provider, or 'expired': nothing to renew it with.
    ended_because TEXT,
    -- When the provider confirmed that it has forgotten the tokens. While it has not, a row of the outbox goes on trying.
    revoked_at BIGINT
);

-- The person's settings.
CREATE INDEX grants_by_user ON grants (user_id);

-- What a row is about, where rows of a kind can become void: of a revocation, a hash of the account at the provider. An
-- account that is connected anew is not to lose that to the end of what it had before.
ALTER TABLE outbox ADD COLUMN about TEXT;
CREATE INDEX outbox_by_about ON outbox (about);
