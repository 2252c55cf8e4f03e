-- The accounts that an account has blocked.
CREATE TABLE blocks (
    account TEXT NOT NULL,
    blocked TEXT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (account, blocked)
);
CREATE INDEX blocks_by_blocked ON blocks (blocked);
