-- Takes back 0028_former_passwords. The former hashes are lost, and with them the way back of those who logged in.

drop trigger users_forget_former_password on users;
drop function forget_former_password();
drop table former_passwords;
