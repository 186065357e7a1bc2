-- An account at a provider, linked to a user.
CREATE TABLE identities (
    -- UUID version 7.
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- Issuer and subject identify the account. The email address does not: users change it, and providers reassign it.
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    -- The provider's slug.
    provider TEXT NOT NULL,
    -- As the provider last sent it, in canonical form.
    email TEXT,
    -- 1 if the provider says that it verified the email address, else 0.
    email_verified BIGINT NOT NULL,
    -- As the provider last sent it. Tells two accounts at one provider apart.
    name TEXT,
    linked_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    -- Decides between first sign-ins that race.
    UNIQUE (issuer, subject)
);

CREATE INDEX identities_by_user ON identities (user_id);
-- Operators look users up by any of their addresses.
CREATE INDEX identities_by_email ON identities (email) WHERE email IS NOT NULL;
