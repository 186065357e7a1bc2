-- The audit trail. Codes only: no secret, no token, no text from a provider. accounts::EventCodes lists them.
CREATE TABLE events (
    -- UUID version 7, of the time in the next column: the order of the list. A row keeps its place, so that pages continue after
    -- it.
    id TEXT NOT NULL PRIMARY KEY,
    -- Of the first time.
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    -- No foreign key: some events outlive their user.
    user_id TEXT,
    -- A provider's slug, or 'password'.
    provider TEXT,
    outcome TEXT NOT NULL,
    -- JSON array of codes, in the order in which the reasons were found.
    reasons TEXT NOT NULL,
    -- oidc::AuthenticationClaims as JSON, where a provider said how it authenticated the user: the only words of a
    -- provider here, bounded and printable.
    authentication TEXT,
    ip TEXT,
    user_agent TEXT,
    -- The id of the request in the log.
    request_id TEXT,
    -- Who caused it: NULL for the user, 'operator' for a command, or the id of an administrator.
    actor TEXT,
    -- How often it happened: what anybody can cause shares a row per day, or per minute where there is no user.
    times BIGINT NOT NULL,
    -- Of the last time, as are the reasons, the client and the request.
    last_at BIGINT NOT NULL,
    -- Hash of what shares this row; NULL for an event with a row of its own.
    fold TEXT
);

-- Of the rows that have one: SQLite takes an equality on a unique column for a single row, `fold IS NULL` too, and would read
-- nearly all events by this index.
CREATE UNIQUE INDEX events_by_fold ON events (fold) WHERE fold IS NOT NULL;
CREATE INDEX events_by_user ON events (user_id, id);
-- For the sweeper.
CREATE INDEX events_without_user ON events (id) WHERE user_id IS NULL;
-- `latchkey explain-link` finds a decision by the request's id in the log.
CREATE INDEX events_by_request ON events (request_id) WHERE request_id IS NOT NULL;
