-- Browsers in which a user has signed in: an email announces a sign-in in another one.
CREATE TABLE known_browsers (
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- Hash of the token in the browser's cookie and of the user, so that the rows do not show who shares a browser. Of a
    -- program, which keeps no cookie, a hash of its user agent and network.
    browser TEXT NOT NULL,
    -- The session that was opened last. It may have ended.
    session_id TEXT NOT NULL,
    -- 0 where the browser is no longer known. The row stays, and says that the user has signed in before.
    last_used_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, browser)
) /* SQLite: WITHOUT ROWID */;

-- When a user last got a warning of each kind (accounts::SecurityNotice): once a day at most.
CREATE TABLE security_notices (
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    sent_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, kind)
);
