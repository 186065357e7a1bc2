-- The links in our letters. Each works once, until its end.
CREATE TABLE email_tokens (
    -- Hash of the token in the link: who reads this table can follow none of them.
    token_hash TEXT NOT NULL PRIMARY KEY,
    -- 'sign_up', 'reset', 'change_email', 'undo', or 'nothing': written where nothing may follow, so that an address
    -- that is known costs no more work than one that is not.
    kind TEXT NOT NULL,
    -- Whose. NULL for a sign-up: nobody is a user before the address is proven.
    user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
    -- The address that the letter went to, in canonical form: what following the link proves.
    address TEXT NOT NULL,
    -- Of a sign-up: the password that was chosen (argon2id, PHC string).
    password_hash TEXT,
    -- JSON: where the person was going, which browser asked, what is to be taken back.
    data TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

-- A newer letter, a reset or a change makes older ones void.
CREATE INDEX email_tokens_by_user ON email_tokens (user_id, kind);
-- Who proves an address makes other sign-ups with it void.
CREATE INDEX email_tokens_by_address ON email_tokens (address, kind);
-- The sweeper.
CREATE INDEX email_tokens_by_expiry ON email_tokens (expires_at);
