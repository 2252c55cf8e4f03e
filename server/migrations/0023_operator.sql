-- What whoever runs the server has ordered, and what came of it: the audit trail. An order without an outcome is carried out by a
-- running server.
CREATE TABLE orders (
    id BIGINT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    by_whom TEXT NOT NULL,
    deed TEXT NOT NULL,
    target TEXT NOT NULL,
    done_at BIGINT,
    outcome TEXT
);

-- Accounts that are banned, and the people whose they are, where a sign-in provider knows them.
CREATE TABLE bans (
    account TEXT NOT NULL,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (account, issuer, subject)
);

CREATE INDEX bans_by_person ON bans (issuer, subject);
