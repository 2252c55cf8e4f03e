-- Every statement keeps to the dialect that SQLite and PostgreSQL share.
-- Ids are 32 hexadecimal digits; times are milliseconds since 1970.

CREATE TABLE accounts (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- A session is known by the SHA-256 of its cookie's token: whoever reads this table cannot sign in with it.
CREATE TABLE sessions (
    token_hash TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (id),
    expires_at BIGINT NOT NULL
);

CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- The live rooms. A room that has ended is deleted, and its code is free again.
CREATE TABLE rooms (
    id TEXT NOT NULL PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    last_seq BIGINT NOT NULL,
    last_at BIGINT NOT NULL
);

-- What happened in them. `event` is JSON in the shape that `version` names.
CREATE TABLE entries (
    room TEXT NOT NULL REFERENCES rooms (id),
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    event TEXT NOT NULL,
    PRIMARY KEY (room, seq)
);
