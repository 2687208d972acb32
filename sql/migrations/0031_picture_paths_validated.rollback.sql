-- Takes back 0031_picture_paths_validated. Nothing is lost: the check holds for rows that are written.

alter table users
  drop constraint users_profile_picture_check,
  add constraint users_profile_picture_check check (
    length(profile_picture) <= 2048
    and (profile_picture ~* '^https?://' or profile_picture ~ '^/uploads/[A-Za-z0-9_-][A-Za-z0-9._-]*$')
  ) not valid;
