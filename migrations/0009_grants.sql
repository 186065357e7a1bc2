-- Tokens for a provider's API, and their scopes.
CREATE TABLE grants (
    -- One grant per identity, with the union of its scopes: Google revokes all scopes of an account together.
    identity_id TEXT NOT NULL PRIMARY KEY REFERENCES identities (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- The provider's slug.
    provider TEXT NOT NULL,
    -- The granted scopes, separated by spaces; never the requested ones, which the user can decline.
    scopes TEXT NOT NULL,
    -- The scopes that the user agreed to when they were last asked. What is missing from `scopes`, the provider has
    -- withdrawn since.
    agreed_scopes TEXT NOT NULL,
    -- Sealed, each for its own row and column. NULL once the grant has ended.
    access_token TEXT,
    -- NULL as well where the provider issued none.
    refresh_token TEXT,
    -- NULL where the provider does not say.
    access_expires_at BIGINT,
    -- Counts changes of the tokens, for optimistic locking.
    generation BIGINT NOT NULL,
    -- The lease of the process that is refreshing the tokens. Other processes wait for its result.
    refreshing_until BIGINT,
    given_at BIGINT NOT NULL,
    -- Last use, to the minute.
    used_at BIGINT,
    ended_at BIGINT,
    -- 'disconnected' by the user, 'revoked' at the provider, or 'expired' without a refresh token.
    ended_because TEXT,
    -- When the provider confirmed the revocation. Until then a row of the outbox retries.
    revoked_at BIGINT
);

CREATE INDEX grants_by_user ON grants (user_id);
-- By the id of the key that sealed a token, its first eight characters: finds what an older key has sealed.
CREATE INDEX grants_by_access_key ON grants (substr(access_token, 1, 8)) WHERE access_token IS NOT NULL;
CREATE INDEX grants_by_refresh_key ON grants (substr(refresh_token, 1, 8)) WHERE refresh_token IS NOT NULL;
