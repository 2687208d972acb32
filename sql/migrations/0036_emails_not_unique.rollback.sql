-- Takes back 0036_emails_not_unique. Nothing is lost; users can be read meanwhile, not written. It fails while several accounts have
-- one address: give all but one of them another (`select fold(email), array_agg(id) from users group by 1 having count(*) > 1`).

create unique index users_email_key on users (fold(email));

comment on column users.email is '[personal] E-mail address; unique whatever its letter case.';
