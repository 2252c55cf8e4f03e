-- The pictures whose bytes are kept elsewhere. One that no message has (0) is deleted after a day. A deleted one stays here until its
-- bytes are gone.
CREATE TABLE pictures (
    id TEXT NOT NULL PRIMARY KEY,
    room TEXT NOT NULL,
    account TEXT NOT NULL,
    format TEXT NOT NULL,
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    uploaded_at BIGINT NOT NULL,
    message BIGINT NOT NULL,
    deleted BIGINT NOT NULL
);
CREATE INDEX pictures_of_messages ON pictures (room, message);
CREATE INDEX pictures_of_accounts ON pictures (account);
CREATE INDEX pictures_without_message ON pictures (uploaded_at) WHERE message = 0;
CREATE INDEX pictures_deleted ON pictures (id) WHERE deleted = 1;
