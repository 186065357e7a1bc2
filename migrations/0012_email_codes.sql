-- Codes that were sent by email, to re-authenticate a session or to sign in. Each belongs to the browser that asked for it, and
-- is worthless anywhere else: the primary key bounds the rows of a browser.
CREATE TABLE email_codes (
    -- The id of the session, or a hash of the random id in the cookie of a browser that signs in.
    asked_by TEXT NOT NULL PRIMARY KEY,
    -- NULL at a sign-in.
    session_id TEXT REFERENCES sessions (id) ON DELETE CASCADE,
    -- NULL where the address has no account that may sign in so: nobody has that code.
    user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
    -- Where it was sent. Worthless once the user has another address.
    email TEXT NOT NULL,
    -- HMAC of the code and what asked for it: a reader of this table cannot try all codes without the secret key.
    code_mac TEXT NOT NULL,
    -- Tries so far.
    attempts BIGINT NOT NULL,
    -- The page to continue on.
    return_to TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX email_codes_by_expiry ON email_codes (expires_at);
CREATE INDEX email_codes_by_user ON email_codes (user_id);
CREATE INDEX email_codes_by_session ON email_codes (session_id) WHERE session_id IS NOT NULL;
