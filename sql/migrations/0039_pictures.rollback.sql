-- Takes back 0039_pictures. Which files there are is lost: they stay where they are, also when their accounts are removed.

drop trigger users_release_pictures on users;
drop trigger users_release_pictures_of_removed on users;
drop table pictures;
drop function release_pictures();
