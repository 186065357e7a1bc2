-- Flows that have returned from their provider. A pending flow lives in a cookie, which can be replayed; this row makes
-- it single-use.
CREATE TABLE used_flows (
    -- Hash of the flow's id.
    id_hash TEXT NOT NULL PRIMARY KEY,
    -- 'used' from the callback on, 'completed' once it has opened a session: a replay is then redirected to its
    -- destination.
    outcome TEXT NOT NULL,
    -- The user who signed in. No foreign key: the row lives for minutes.
    user_id TEXT,
    -- When the flow's cookie has expired, and the row can go.
    expires_at BIGINT NOT NULL
);

CREATE INDEX used_flows_by_expiry ON used_flows (expires_at);
-- Deleting an account.
CREATE INDEX used_flows_by_user ON used_flows (user_id) WHERE user_id IS NOT NULL;
