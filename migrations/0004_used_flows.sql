-- Flows that have returned from their provider. A pending flow lives in a cookie, which can be replayed; this row makes
-- it single-use.
CREATE TABLE used_flows (
    -- Hash of the flow's id.
    id_hash TEXT NOT NULL PRIMARY KEY,
    -- Hash of the flow and the user, once it has opened a session of theirs: a replay in it is then redirected to its
    -- destination. NULL from the callback on, and for a flow that failed.
    completed_by TEXT,
    -- When the flow's cookie has expired, and the row can go.
    expires_at BIGINT NOT NULL
) /* SQLite: WITHOUT ROWID */;

CREATE INDEX used_flows_by_expiry ON used_flows (expires_at);
