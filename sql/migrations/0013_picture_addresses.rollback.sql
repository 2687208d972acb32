-- Takes back 0013_picture_addresses. Capitals of schemes are lost: they are written in lower case, which addresses the same.

-- First, as its lock keeps new capitals out until the old check is back.
alter table users drop constraint users_profile_picture_check;

update users
   set profile_picture = lower(split_part(profile_picture, ':', 1))
                         || substr(profile_picture, strpos(profile_picture, ':'))
 where profile_picture !~ '^https?://';

alter table users
  add constraint users_profile_picture_check check (length(profile_picture) <= 2048 and profile_picture ~ '^https?://');
