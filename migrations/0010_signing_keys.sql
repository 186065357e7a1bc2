-- The keys of access tokens. One is next, one signs, and older ones stay published until every token that they signed
-- has expired.
CREATE TABLE signing_keys (
    -- Thumbprint of the public key (RFC 7638).
    kid TEXT NOT NULL PRIMARY KEY,
    -- PKCS#8, sealed: reading this table does not let anybody sign.
    private_key TEXT NOT NULL,
    -- JSON (RFC 7517).
    public_jwk TEXT NOT NULL,
    -- Published from created_at until expires_at; signs from signs_from until signs_until.
    created_at BIGINT NOT NULL,
    signs_from BIGINT NOT NULL,
    signs_until BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    CHECK (created_at <= signs_from AND signs_from <= signs_until AND signs_until <= expires_at)
);
