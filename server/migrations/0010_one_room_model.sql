-- Rooms of before are of another model: they end with this version. Their tables are made anew.
DROP TABLE entries;
DROP TABLE appearances;
DROP TABLE rooms;

-- The live rooms. A room that has ended is deleted, and its code is free again.
CREATE TABLE rooms (
    id TEXT NOT NULL PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    last_seq BIGINT NOT NULL,
    last_at BIGINT NOT NULL
);

-- What happened in them, after their older snapshot. `event` is JSON in the shape that `version` names, without what people wrote
-- of themselves: that stands in `sealed`.
CREATE TABLE entries (
    room TEXT NOT NULL REFERENCES rooms (id),
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    event TEXT NOT NULL,
    sealed TEXT NOT NULL,
    PRIMARY KEY (room, seq)
);

-- How the rooms were after the entry `seq`: the two latest snapshots of each.
CREATE TABLE snapshots (
    room TEXT NOT NULL REFERENCES rooms (id),
    seq BIGINT NOT NULL,
    version BIGINT NOT NULL,
    state TEXT NOT NULL,
    sealed TEXT NOT NULL,
    PRIMARY KEY (room, seq)
);

-- Which accounts stand in which rooms' entries, so that one that is merged or deleted is found without reading them.
CREATE TABLE appearances (
    account TEXT NOT NULL,
    room TEXT NOT NULL,
    PRIMARY KEY (account, room)
);

CREATE INDEX appearances_by_room ON appearances (room);

-- The archive: every message of every room. `message` is JSON without name and words, which stand in `sealed`, sealed with the
-- key of `sealed_by`.
CREATE TABLE messages (
    room TEXT NOT NULL,
    number BIGINT NOT NULL,
    account TEXT NOT NULL,
    sealed_by TEXT NOT NULL,
    nonce BIGINT NOT NULL,
    sent_at BIGINT NOT NULL,
    delivered BIGINT NOT NULL,
    message TEXT NOT NULL,
    sealed TEXT NOT NULL,
    PRIMARY KEY (room, number)
);

CREATE INDEX messages_by_account ON messages (account, room, nonce);

-- The keys with which what people wrote is sealed, base64. Whoever owns a key takes it along: a guest who signs in leaves theirs to
-- the account.
CREATE TABLE account_keys (
    account TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    sealing_key TEXT NOT NULL
);

CREATE INDEX account_keys_by_owner ON account_keys (owner);
