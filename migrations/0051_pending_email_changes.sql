-- The address that a user asked to change to, for the settings. It is the same whether or not another user has the address, in
-- which case no link was sent: the requester must not learn that.
CREATE TABLE pending_email_changes (
    user_id TEXT NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    email TEXT NOT NULL,
    -- As that of the link.
    expires_at BIGINT NOT NULL
);

CREATE INDEX pending_email_changes_by_expiry ON pending_email_changes (expires_at);
