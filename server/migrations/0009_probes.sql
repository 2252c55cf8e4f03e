-- What readiness writes to, to see whether anything can be stored.
CREATE TABLE probes (
    id BIGINT NOT NULL PRIMARY KEY,
    count BIGINT NOT NULL
);
