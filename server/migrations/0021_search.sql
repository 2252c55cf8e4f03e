-- What each room's index of words is kept under: a number in place of the room's id, and the key that its words are hashed with,
-- base64.
CREATE TABLE word_keys (
    room TEXT NOT NULL PRIMARY KEY,
    place BIGINT NOT NULL,
    hash_key TEXT NOT NULL
);

-- Which messages have which words. A word is a keyed hash of it.
CREATE TABLE message_words (
    place BIGINT NOT NULL,
    word BIGINT NOT NULL,
    number BIGINT NOT NULL,
    PRIMARY KEY (place, word, number)
);

CREATE INDEX message_words_by_number ON message_words (place, number);

-- The version of the index that a message is in; 0 if it is in none.
ALTER TABLE messages ADD COLUMN indexed BIGINT NOT NULL DEFAULT 0;
