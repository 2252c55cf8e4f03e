-- The database of a server before migration 10: three accounts, one of which is being deleted, two sessions, and a room with its log.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE _sqlx_migrations (
    version BIGINT PRIMARY KEY,
    description TEXT NOT NULL,
    installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    success BOOLEAN NOT NULL,
    checksum BLOB NOT NULL,
    execution_time BIGINT NOT NULL
);
INSERT INTO _sqlx_migrations VALUES(1,'first','2026-11-01 08:00:00',1,X'778581e871324a5ee253a8cc20ded69ed19912409bda5e72f949f90c03eb581e2b336760a83fd5bfb14e3b785cf16d3f',500000);
INSERT INTO _sqlx_migrations VALUES(2,'visits','2026-11-01 08:00:00',1,X'69746a3c320628139575891a80bcf4f4932bfaa5390655b0b56a13e664eca33f8f7e04ae62c5dd93aad39ba86abda273',500000);
INSERT INTO _sqlx_migrations VALUES(3,'identity','2026-11-01 08:00:00',1,X'1c3c9782df10e8269dfd57102734bd4ac3a00be4a328abc7cbb81e37f3195921172cbdf66279995b23f8ce0f2bcc5038',500000);
INSERT INTO _sqlx_migrations VALUES(4,'appearances','2026-11-01 08:00:00',1,X'bbf4a6224d47d7408912bb86deeb2d5931b2365325a1e000d9763e531da1b20c0672df58d626f7599885c3d4c3ea8ec2',500000);
INSERT INTO _sqlx_migrations VALUES(6,'email shown','2026-11-01 08:00:00',1,X'2491e285ccd3dcbb8d131b1e0fa80f94525c0a4f9853bd34e66b964deea0ff99ea2b85899a9bafef39f5dd7bb66a0658',500000);
INSERT INTO _sqlx_migrations VALUES(7,'departures','2026-11-01 08:00:00',1,X'26a684ff636076c197ef87ae4cf0b622f11e832fb1c1b8dc2fe41a0fa1ea5b8ce81df6fd0b45b786f0816adeeb0d8a02',500000);
INSERT INTO _sqlx_migrations VALUES(9,'probes','2026-11-01 08:00:00',1,X'95ddc9238e643d5b428ed36e84d5f9933e43dc5c95266388b52dcb0ec8806aa867beb51550c2a920305a64fcbb8c4d37',500000);
CREATE TABLE accounts (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL
, provider TEXT, email TEXT, picture_type TEXT, picture TEXT, seen_at BIGINT NOT NULL DEFAULT 0, email_shown BIGINT);
INSERT INTO accounts VALUES('833a6a2e92bd471495e4a4f9e3191fa8','Ada',1800000000000,NULL,NULL,NULL,NULL,0,NULL);
INSERT INTO accounts VALUES('84ccc80cf7455231b29922b7a33391ea','Grace Hopper',1800000000000,'Test','grace@hear.example',NULL,NULL,1800000000000,1);
INSERT INTO accounts VALUES('5a1f0c7de0b94b6d8a35c1d2e3f40516','Linus',1800000000000,NULL,NULL,NULL,NULL,0,NULL);
CREATE TABLE sessions (
    token_hash TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (id),
    expires_at BIGINT NOT NULL
);
INSERT INTO sessions VALUES('08d61a0ff4047006a2439e32a11f0f0c00890c22ae89007a78950d5a4b231abf','833a6a2e92bd471495e4a4f9e3191fa8',1802592000000);
INSERT INTO sessions VALUES('5e365a8d101e06cd4461806d06d16ccf536e2181a7709f999a6b1afe84540a95','84ccc80cf7455231b29922b7a33391ea',1802592000000);
CREATE TABLE rooms (
    id TEXT NOT NULL PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    last_seq BIGINT NOT NULL,
    last_at BIGINT NOT NULL
, has_appearances BIGINT NOT NULL DEFAULT 0);
INSERT INTO rooms VALUES('8efeed76d5f58d503c3c00f46abe2202','75YB3X',4,1800000000000,1);
CREATE TABLE entries (
    room TEXT NOT NULL REFERENCES rooms (id),
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    event TEXT NOT NULL,
    PRIMARY KEY (room, seq)
);
INSERT INTO entries VALUES('8efeed76d5f58d503c3c00f46abe2202',1,1800000000000,1,'{"kind":"room_created","id":"8efeed76d5f58d503c3c00f46abe2202","code":"75YB3X","owner":"833a6a2e92bd471495e4a4f9e3191fa8","owner_member":"30366846b07524769299de4ffb6d7778","owner_name":"Ada","policy":{"kind":"broadcast","max_members":30,"max_members_per_address":27,"max_publications":1,"idle_ms":3600000,"owner_absent_ms":21600000,"reopen_ms":600000,"member_grace_ms":10000,"publication_grace_ms":120000,"end_warning_ms":600000,"messages_kept":50,"events_kept":128,"former_members_kept":256}}');
INSERT INTO entries VALUES('8efeed76d5f58d503c3c00f46abe2202',2,1800000000000,1,'{"kind":"join_requested","connection":{"node":"c118c5b16d013c95ec7320900ee1639c","id":"a39413890d887b2c9429f83b89cb7c02"},"account":"84ccc80cf7455231b29922b7a33391ea","name":"Grace Hopper","email":"grace@hear.example","account_kind":"known","marks":{"browser":"307a371b8b9589922196038f8fc631fd","address":"ec9cb357dbcabd4cb9baab78118faab8"},"role":"listener","take_over":false,"member":"155b5d9b682b014904a831a335a139d5","token":"a68e72272ced069258a9727fd92d78ae"}');
INSERT INTO entries VALUES('8efeed76d5f58d503c3c00f46abe2202',3,1800000000000,1,'{"kind":"join_requested","connection":{"node":"c118c5b16d013c95ec7320900ee1639c","id":"b4f0a1c2d3e4f5061728394a5b6c7d8e"},"account":"5a1f0c7de0b94b6d8a35c1d2e3f40516","name":"Linus","email":null,"account_kind":{"guest":"host"},"marks":{"browser":"307a371b8b9589922196038f8fc631fd","address":"ec9cb357dbcabd4cb9baab78118faab8"},"role":"listener","take_over":false,"member":"266c6eac793c115a15b942b446b24ae6","token":"b79f83383dfe17a369ba838ff03e89bf"}');
INSERT INTO entries VALUES('8efeed76d5f58d503c3c00f46abe2202',4,1800000000000,1,'{"kind":"commanded","connection":"a39413890d887b2c9429f83b89cb7c02","account":"84ccc80cf7455231b29922b7a33391ea","command":{"kind":"write","nonce":1,"text":"porcupine","reply_to":null}}');
CREATE TABLE visits (
    account TEXT NOT NULL,
    room TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (account, room)
);
INSERT INTO visits VALUES('84ccc80cf7455231b29922b7a33391ea','8efeed76d5f58d503c3c00f46abe2202',1800000000000);
CREATE TABLE identities (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    account TEXT NOT NULL REFERENCES accounts (id),
    PRIMARY KEY (issuer, subject)
);
INSERT INTO identities VALUES('https://login.example','grace','84ccc80cf7455231b29922b7a33391ea');
CREATE TABLE spent (
    token_hash TEXT NOT NULL PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE TABLE appearances (
    account TEXT NOT NULL,
    room TEXT NOT NULL,
    PRIMARY KEY (account, room)
);
INSERT INTO appearances VALUES('833a6a2e92bd471495e4a4f9e3191fa8','8efeed76d5f58d503c3c00f46abe2202');
INSERT INTO appearances VALUES('84ccc80cf7455231b29922b7a33391ea','8efeed76d5f58d503c3c00f46abe2202');
INSERT INTO appearances VALUES('5a1f0c7de0b94b6d8a35c1d2e3f40516','8efeed76d5f58d503c3c00f46abe2202');
CREATE TABLE departures (
    account TEXT NOT NULL PRIMARY KEY,
    successor TEXT
);
INSERT INTO departures VALUES('5a1f0c7de0b94b6d8a35c1d2e3f40516',NULL);
CREATE TABLE probes (
    id BIGINT NOT NULL PRIMARY KEY,
    count BIGINT NOT NULL
);
INSERT INTO probes VALUES(1,7);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
CREATE INDEX identities_by_account ON identities (account);
CREATE INDEX sessions_by_account ON sessions (account);
CREATE INDEX appearances_by_room ON appearances (room);
COMMIT;
