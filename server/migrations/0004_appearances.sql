-- Which accounts stand in which rooms' entries, so that one that is merged or deleted is found without reading them.
CREATE TABLE appearances (
    account TEXT NOT NULL,
    room TEXT NOT NULL,
    PRIMARY KEY (account, room)
);

CREATE INDEX appearances_by_room ON appearances (room);

-- Rooms that are older than the table have entries which are not in it.
ALTER TABLE rooms ADD COLUMN has_appearances BIGINT NOT NULL DEFAULT 0;
