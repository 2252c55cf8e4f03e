-- The tokens with which programs act for an account. A token is known by its SHA-256: whoever reads this table cannot use it.
CREATE TABLE program_tokens (
    token_hash TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL,
    label TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT
);

CREATE INDEX program_tokens_by_account ON program_tokens (account);
