-- Takes back 0038_rolling_sessions. How long renewed sessions are is lost: they end when they would, and none is renewed.

drop trigger sessions_limit on sessions;
drop function limit_sessions();
alter table sessions
  drop column renewed_at;
