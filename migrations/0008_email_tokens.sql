-- The links in emails. Each works once, until it expires.
CREATE TABLE email_tokens (
    -- Hash of the token in the link: reading this table does not let anybody open one.
    token_hash TEXT NOT NULL PRIMARY KEY,
    -- 'sign_up', 'reset', 'change_email', 'undo', 'invitation', 'not_me', or 'nothing': a link that nobody gets, so that a known email address
    -- costs as much work as an unknown one.
    kind TEXT NOT NULL,
    -- NULL for a sign-up or an invitation: there is no user before the email address is verified.
    user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
    -- Where the email went, in canonical form. Opening the link verifies this address.
    email TEXT NOT NULL,
    -- Of a sign-up: the password that was chosen (argon2id, PHC string).
    password_hash TEXT,
    -- JSON: the destination, a mark of the browser that asked, the change that an undo takes back, and the sign-in that
    -- "This wasn't me" is about.
    data TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX email_tokens_by_user ON email_tokens (user_id, kind) WHERE user_id IS NOT NULL;
CREATE INDEX email_tokens_by_email ON email_tokens (email, kind);
CREATE INDEX email_tokens_by_expiry ON email_tokens (expires_at);
