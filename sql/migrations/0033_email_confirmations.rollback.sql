-- Takes back 0033_email_confirmations. Which addresses are confirmed, changes of addresses, and links that were mailed are lost.

drop trigger users_end_mailed_links on users;
drop trigger users_unconfirm_email on users;
drop function end_mailed_links();
drop function unconfirm_email();
drop table password_resets;
drop table email_confirmations;
alter table users drop column email_confirmed_at;
drop function email_key(text);
