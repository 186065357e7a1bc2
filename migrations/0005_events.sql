-- The audit trail: what happened to an account, and why. No secrets, tokens or codes.
CREATE TABLE events (
    -- UUID version 7.
    id TEXT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    -- What was going on: 'sign_in', 'link', 'grant', 'sign_out', ...
    kind TEXT NOT NULL,
    -- Whom it concerns. No foreign key: the trail outlives the user.
    user_id TEXT,
    provider TEXT,
    -- How it ended: the code of a decision or of a refusal.
    outcome TEXT NOT NULL,
    -- JSON list of the reasons' codes, in the order in which they were found.
    reasons TEXT NOT NULL,
    address TEXT,
    user_agent TEXT,
    -- Finds the log lines of the same request.
    request_id TEXT
);

-- "Recent activity" of one user.
CREATE INDEX events_by_user ON events (user_id, at);
-- The trail in order, and its end.
CREATE INDEX events_by_time ON events (at);
