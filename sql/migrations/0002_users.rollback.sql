-- Takes back 0002_users. Loses every account.

drop table users;
