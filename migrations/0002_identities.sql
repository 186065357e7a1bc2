-- A way in through a provider.
CREATE TABLE identities (
    -- UUID version 7, for pages and rows that speak of this identity.
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- Issuer and subject are what an identity is known by. Never the e-mail address, which people change and
    -- providers give to somebody else.
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    -- The provider's slug in our addresses.
    provider TEXT NOT NULL,
    -- The address that the provider told last, in canonical form. Not a key to anything.
    email TEXT,
    -- 1 if the provider said that it had verified it.
    email_verified BIGINT NOT NULL,
    -- The name that the provider told last: tells two accounts at one provider apart.
    name TEXT,
    linked_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    -- One person there is one user here. Fifty first sign-ins at once are decided here.
    UNIQUE (issuer, subject)
);

-- The dashboard lists a user's ways in.
CREATE INDEX identities_by_user ON identities (user_id);
