-- What is still to be sent. A row is written in the transaction that makes what it announces, so that neither is there
-- without the other, and deleted when it is delivered.
CREATE TABLE outbox (
    -- UUID version 7: one that is delivered twice has the same Message-ID both times.
    id TEXT NOT NULL PRIMARY KEY,
    -- 'email' or 'revocation'.
    kind TEXT NOT NULL,
    -- Whom it concerns; NULL for an address that is nobody's yet. No foreign key: the letter that says that an account
    -- was deleted outlives it.
    user_id TEXT,
    -- JSON, sealed: it holds addresses, and tokens that open accounts. Who only reads the database gets neither.
    sealed TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    -- When to try next. A worker that takes the row moves it ahead, so that no other takes it meanwhile, and so that it
    -- comes back by itself if the worker dies.
    due_at BIGINT NOT NULL,
    -- How often delivery has failed.
    attempts BIGINT NOT NULL
);

-- The worker.
CREATE INDEX outbox_by_due ON outbox (due_at);
-- What is void when a user is recovered or deleted.
CREATE INDEX outbox_by_user ON outbox (user_id);
