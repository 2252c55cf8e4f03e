-- What sign-in providers tell of people. The picture is base64.
ALTER TABLE accounts ADD COLUMN provider TEXT;
ALTER TABLE accounts ADD COLUMN email TEXT;
ALTER TABLE accounts ADD COLUMN picture_type TEXT;
ALTER TABLE accounts ADD COLUMN picture TEXT;
ALTER TABLE accounts ADD COLUMN seen_at BIGINT NOT NULL DEFAULT 0;

-- Who an account is at a provider; an account without one is a guest's.
CREATE TABLE identities (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    account TEXT NOT NULL REFERENCES accounts (id),
    PRIMARY KEY (issuer, subject)
);

CREATE INDEX identities_by_account ON identities (account);
CREATE INDEX sessions_by_account ON sessions (account);

-- Sign-ins that have been completed, by the SHA-256 of their state: none is completed twice.
CREATE TABLE spent (
    token_hash TEXT NOT NULL PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
