-- How rooms whose members stay were of late, where servers beside this database have the logs: they may lose them. In the form of a
-- snapshot, with its place in the log.
CREATE TABLE room_copies (
    room TEXT NOT NULL PRIMARY KEY REFERENCES rooms (id) ON DELETE CASCADE,
    epoch BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    version BIGINT NOT NULL,
    state TEXT NOT NULL,
    sealed TEXT NOT NULL
);
