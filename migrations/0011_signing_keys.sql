-- What our access tokens are signed with. One is next, one signs, and those that signed stay until nothing of theirs is
-- valid any more.
CREATE TABLE signing_keys (
    -- Thumbprint of the public key (RFC 7638).
    kid TEXT NOT NULL PRIMARY KEY,
    -- PKCS#8, sealed: who only reads the database signs nothing.
    private_key TEXT NOT NULL,
    -- What everybody may know, as JSON (RFC 7517).
    public_jwk TEXT NOT NULL,
    -- Published from then on.
    created_at BIGINT NOT NULL,
    -- Signs from then on, and until then.
    signs_from BIGINT NOT NULL,
    signs_until BIGINT NOT NULL,
    -- Published and believed until then.
    expires_at BIGINT NOT NULL,
    CHECK (created_at <= signs_from AND signs_from <= signs_until AND signs_until <= expires_at)
);
