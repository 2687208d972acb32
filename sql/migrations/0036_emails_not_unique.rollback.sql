-- Takes back 0036_emails_not_unique. Nothing is lost. It fails while several accounts have one address: give all but one of them
-- another (`select fold(email), array_agg(id) from users group by 1 having count(*) > 1`), and run it again.
-- transactional: false

drop index concurrently if exists users_email_key;
create unique index concurrently users_email_key on users (fold(email));
