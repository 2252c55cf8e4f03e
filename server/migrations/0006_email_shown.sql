-- Whether hosts see an account's e-mail address: 1 yes, 0 no, NULL while its owner has not been asked.
ALTER TABLE accounts ADD COLUMN email_shown BIGINT;
