-- Takes back 0030_picture_paths. Paths of pictures are lost.

-- First, as its lock keeps new paths out until the old check is back.
alter table users drop constraint users_profile_picture_check;

update users
   set profile_picture = null
 where profile_picture !~* '^https?://';

alter table users
  add constraint users_profile_picture_check check (
    length(profile_picture) <= 2048 and profile_picture ~* '^https?://'
  );
