-- Flows that have come back from their provider. A pending flow lives in the browser's cookie, which can be
-- replayed; this row is what makes it count once.
CREATE TABLE used_flows (
    -- Hash of the flow's id.
    id_hash TEXT NOT NULL PRIMARY KEY,
    -- 'used' from the callback on, 'completed' when it ended in a session: a replay is then sent on its way.
    outcome TEXT NOT NULL,
    -- Whom it signed in. No foreign key: the row outlives nobody by more than minutes.
    user_id TEXT,
    -- When the flow in the cookie is void anyway, and this row can go.
    expires_at BIGINT NOT NULL
);

-- The sweeper.
CREATE INDEX used_flows_by_expiry ON used_flows (expires_at);
