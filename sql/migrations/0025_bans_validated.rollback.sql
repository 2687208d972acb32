-- Takes back 0025_bans_validated. Nothing is lost: the check holds for rows that are written.

alter table users
  drop constraint users_banned_at_check,
  add constraint users_banned_at_check check ((banned_at is null) = (ban_reason is null)) not valid;
