-- Requests to delete data that a provider passed on (Facebook), for the page that says what became of one. A row names nobody,
-- only a message that the provider signed makes one, and it is deleted after 90 days.
CREATE TABLE data_deletions (
    -- The confirmation code, which the provider shows to its user.
    code TEXT NOT NULL PRIMARY KEY,
    -- The provider's slug.
    provider TEXT NOT NULL,
    -- accounts::DataDeletion
    outcome TEXT NOT NULL,
    requested_at BIGINT NOT NULL
);

CREATE INDEX data_deletions_by_time ON data_deletions (requested_at);
