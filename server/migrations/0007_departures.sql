-- Accounts that go, into another one or for good, until the rooms that know them have been told.
CREATE TABLE departures (
    account TEXT NOT NULL PRIMARY KEY,
    successor TEXT
);
