-- Takes back 0035_emails_indexed. Nothing is lost.
-- transactional: false

drop index concurrently if exists users_email_idx;
