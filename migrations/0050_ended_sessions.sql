-- Why a session ended, for the browser that still has its secret: the login page says so. A row opens nothing. It is deleted
-- after a month, and a user has about as many as sessions at most.
CREATE TABLE ended_sessions (
    -- What the browser proves that it has: the hash of a cookie's secret, or the id of a token session, which its refresh
    -- token names under a MAC.
    session_key TEXT NOT NULL PRIMARY KEY,
    -- NULL once the account is deleted.
    user_id TEXT REFERENCES users (id) ON DELETE SET NULL,
    -- accounts::SessionEnd
    reason TEXT NOT NULL,
    ended_at BIGINT NOT NULL
) /* SQLite: WITHOUT ROWID */;

CREATE INDEX ended_sessions_by_user ON ended_sessions (user_id, ended_at);
CREATE INDEX ended_sessions_by_time ON ended_sessions (ended_at);
