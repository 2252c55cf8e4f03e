-- The rooms an account has been in of late, for its own landing page.
CREATE TABLE visits (
    account TEXT NOT NULL,
    room TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (account, room)
);
