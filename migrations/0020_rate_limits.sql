-- Rate limits that all processes count together (PostgreSQL). Keyed hashes instead of email addresses, in a bounded number
-- of buckets.
CREATE TABLE rate_limits (
    bucket TEXT NOT NULL PRIMARY KEY,
    -- When the whole allowance is there again. The row can go then.
    full_at BIGINT NOT NULL
);

CREATE INDEX rate_limits_by_time ON rate_limits (full_at);
