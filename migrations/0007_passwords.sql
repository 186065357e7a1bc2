-- Apart from `users`, so that no query for a user reads the hash.
CREATE TABLE passwords (
    user_id TEXT NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    -- argon2id as a PHC string: parameters, salt and hash.
    hash TEXT NOT NULL,
    set_at BIGINT NOT NULL
);
