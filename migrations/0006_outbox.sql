-- Emails to send and tokens to revoke. A row is written in the transaction that causes it and deleted once it is
-- delivered.
CREATE TABLE outbox (
    -- UUID version 7. An email that is delivered twice has the same Message-ID both times.
    id TEXT NOT NULL PRIMARY KEY,
    -- 'email' or 'revocation'.
    kind TEXT NOT NULL,
    -- NULL for an email address without an account. No foreign key: the email that confirms a deletion outlives the
    -- user.
    user_id TEXT,
    -- What makes rows obsolete together: of a revocation, a hash of the account at the provider. Connecting that
    -- account again cancels the revocation.
    about TEXT,
    -- JSON, sealed: it holds email addresses and tokens.
    sealed TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    -- Of due rows the lowest goes first: what strangers can cause waits for everything else.
    priority BIGINT NOT NULL,
    -- When to try next. A worker that takes the row moves this ahead: no other worker takes it meanwhile, and the row
    -- becomes due again if the worker dies.
    due_at BIGINT NOT NULL,
    -- Failed deliveries.
    attempts BIGINT NOT NULL
);

CREATE INDEX outbox_by_due ON outbox (kind, priority, due_at);
CREATE INDEX outbox_by_age ON outbox (kind, created_at);
CREATE INDEX outbox_by_user ON outbox (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX outbox_by_about ON outbox (about) WHERE about IS NOT NULL;
