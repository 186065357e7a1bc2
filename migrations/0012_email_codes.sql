-- A code that was sent to re-authenticate. It belongs to one session, and so to the browser that asked for it: the primary
-- key bounds the rows, and the code is worthless anywhere else.
CREATE TABLE email_codes (
    session_id TEXT NOT NULL PRIMARY KEY REFERENCES sessions (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- Where it was sent. Worthless once the user has another address.
    email TEXT NOT NULL,
    -- HMAC of the code and its session: a reader of this table cannot try all codes without the secret key.
    code_mac TEXT NOT NULL,
    -- Tries so far.
    attempts BIGINT NOT NULL,
    -- The page to continue on.
    return_to TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX email_codes_by_expiry ON email_codes (expires_at);
CREATE INDEX email_codes_by_user ON email_codes (user_id);
