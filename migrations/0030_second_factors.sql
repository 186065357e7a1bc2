-- The second factor of sign-ins: an authenticator app, one per user.
CREATE TABLE totp (
    user_id TEXT NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    -- Sealed for its user.
    secret TEXT NOT NULL,
    -- The step of the last code that was accepted: no code counts twice, and none before it.
    last_step BIGINT NOT NULL,
    -- 1 if it is asked for also after a provider that does not say how it authenticated the user, else 0.
    after_providers BIGINT NOT NULL,
    -- When the user first had an app. A new app in its place leaves it as it is.
    enrolled_at BIGINT NOT NULL,
    -- When this app was set up.
    added_at BIGINT NOT NULL,
    last_used_at BIGINT
);

-- By the id of the key that sealed the secret, its first eight characters: finds what an older key has sealed.
CREATE INDEX totp_by_key ON totp (substr(secret, 1, 8));

-- Each works once. The MAC is made with the secret of the user's app.
CREATE TABLE recovery_codes (
    mac TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES totp (user_id) ON DELETE CASCADE
);

CREATE INDEX recovery_codes_by_user ON recovery_codes (user_id);

-- Sign-ins that have passed their first step. What they are about waits sealed with their client; the row makes each work
-- once, counts the tries, and goes with the user's sessions.
CREATE TABLE pending_sign_ins (
    id_hash TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    attempts BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX pending_sign_ins_by_user ON pending_sign_ins (user_id, expires_at);
CREATE INDEX pending_sign_ins_by_expiry ON pending_sign_ins (expires_at);

-- Browsers that are not asked for the second factor.
CREATE TABLE trusted_browsers (
    -- UUID version 7. Names the row in forms.
    id TEXT NOT NULL PRIMARY KEY,
    -- Hash of the token in the cookie.
    token_hash TEXT NOT NULL UNIQUE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    user_agent TEXT,
    ip TEXT,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX trusted_browsers_by_user ON trusted_browsers (user_id, id);
CREATE INDEX trusted_browsers_by_expiry ON trusted_browsers (expires_at);
