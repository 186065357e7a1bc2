-- One set of migrations for SQLite and PostgreSQL. Hence: ids, hashes and sealed values are TEXT, times are
-- BIGINT in seconds since 1970 (UTC), and there are no booleans: a nullable time says when, too.

-- A person.
CREATE TABLE users (
    -- UUID version 7: sorts by creation, is never given again.
    id TEXT NOT NULL PRIMARY KEY,
    -- What to call them. From the provider at each sign-in.
    name TEXT,
    -- An https address.
    picture TEXT,
    -- The address that they have proven, in canonical form. UNIQUE: an address is one user's, and the database
    -- holds to it even if two sign-ins race. NULL, never '': many have none.
    verified_email TEXT UNIQUE,
    -- How it was proven ('provider_claim', 'authority', 'email_link'): linking without asking needs a strong proof.
    verified_email_method TEXT,
    -- An address that was only written down. Not unique: anybody can write down anything.
    claimed_email TEXT,
    created_at BIGINT NOT NULL,
    -- Set by an operator: nobody gets in, and sessions that are open are not found any more.
    disabled_at BIGINT,
    -- Verified and how, or neither.
    CHECK ((verified_email IS NULL) = (verified_email_method IS NULL))
);

-- Who proves an address looks for those who only claimed it.
CREATE INDEX users_by_claimed_email ON users (claimed_email);
