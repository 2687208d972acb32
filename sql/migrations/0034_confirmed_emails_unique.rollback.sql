-- Takes back 0034_confirmed_emails_unique. Nothing is lost.
-- transactional: false

drop index concurrently if exists users_confirmed_email_key;
