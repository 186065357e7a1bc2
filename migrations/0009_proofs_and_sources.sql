-- When the person last proved, in this session, who they are: sensitive steps want it fresh.
ALTER TABLE sessions ADD COLUMN reauthenticated_at BIGINT NOT NULL DEFAULT 0;
UPDATE sessions SET reauthenticated_at = created_at;

-- Who told the name and the picture: a provider's slug, or 'own' for what the person chose themself, which no provider
-- writes over.
ALTER TABLE users ADD COLUMN name_from TEXT;
ALTER TABLE users ADD COLUMN picture_from TEXT;
