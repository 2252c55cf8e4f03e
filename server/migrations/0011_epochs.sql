-- The latest epoch that each room has drawn. A room that has ended has none.
CREATE TABLE epochs (
    room TEXT NOT NULL PRIMARY KEY,
    epoch BIGINT NOT NULL
);
