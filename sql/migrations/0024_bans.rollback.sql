-- Takes back 0024_bans. Loses who is banned: all may log in again.
drop trigger users_end_sessions on users;
drop function end_sessions_of_banned();
alter table users
  drop column banned_at,
  drop column ban_reason;
drop type ban_reason;
