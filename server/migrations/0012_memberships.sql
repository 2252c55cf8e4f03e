-- The lounges that an account is a member of, with how far it has read there.
CREATE TABLE memberships (
    account TEXT NOT NULL,
    room TEXT NOT NULL,
    since BIGINT NOT NULL,
    read_up_to BIGINT NOT NULL,
    muted BIGINT NOT NULL,
    PRIMARY KEY (account, room)
);
