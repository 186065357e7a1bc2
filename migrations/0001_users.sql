-- One set of migrations serves SQLite and PostgreSQL. Hence ids, hashes and sealed values are TEXT, times are BIGINT
-- (Unix seconds), and booleans are nullable times or BIGINT. What stands in a comment as `SQLite: …` is for SQLite alone:
-- a table of short rows is stored in the order of its key there, without a second tree for the key.

CREATE TABLE users (
    -- UUID version 7, never reused.
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT,
    -- An https URL.
    picture TEXT,
    -- Canonical form. UNIQUE decides between two sign-ins that race for the same email address. NULL, never ''.
    verified_email TEXT UNIQUE,
    -- 'provider_claim', 'authority' or 'email_link'. Linking without asking needs one of the last two.
    verified_email_method TEXT,
    -- Unverified, and not unique: anybody can claim any email address.
    claimed_email TEXT,
    created_at BIGINT NOT NULL,
    -- Set by an operator: the user cannot sign in, and open sessions are no longer found.
    disabled_at BIGINT,
    -- Where the name and the picture come from: a provider's slug, or 'own' for what the user chose, which no provider
    -- overwrites.
    name_from TEXT,
    picture_from TEXT,
    CHECK ((verified_email IS NULL) = (verified_email_method IS NULL))
);

-- Verifying an email address finds the users who only claimed it. Here and below, an index of a column that is mostly
-- NULL holds the other rows alone: statistics over all rows would make it look useless to SQLite's planner.
CREATE INDEX users_by_claimed_email ON users (claimed_email) WHERE claimed_email IS NOT NULL;
-- The administrators' list of disabled users.
CREATE INDEX users_disabled ON users (id) WHERE disabled_at IS NOT NULL;
