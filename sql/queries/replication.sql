-- Which server a connection leads to, and where that is in the write-ahead log, by which reads on standbys show what was confirmed
-- before they began.

-- name: get_position :one
-- The leader's timeline and how far its log is safe: whatever was confirmed is before that. Where commits don't wait for
-- their log (`synchronous_commit` is off), it's how far the log is written. Of a standby, the timeline that it
-- receives (null once it receives nothing), how far it has replayed and received the log, and its name among those that commits
-- wait for. What it receives is shown to members of pg_read_all_stats. The moments of transactions tell whether the leader shows
-- what a standby shows.
-- owner: any, because it reads no family's rows.
-- single: a server has one receiver at most.
-- equivalent: constant: select coalesce(pg_is_in_recovery(), «true») as follows, -> false, because it's never null.
-- equivalent: constant: else ('x' || left(pg_walfile_name(pg_current_wal_flush_lsn()), «8»))::bit(32)::integer -> 9,
--   because the cast takes the first eight digits.
-- equivalent: constant: coalesce(current_setting('synchronous_standby_names'), «''») as waits_for, -> 'off', because it's never null.
-- equivalent: constant: coalesce(pg_current_snapshot()::text, «''») as snapshot -> 'off', because it's never null.
select coalesce(pg_is_in_recovery(), true) as follows,
       case
         when pg_is_in_recovery() then receiver.received_tli
         else ('x' || left(pg_walfile_name(pg_current_wal_flush_lsn()), 8))::bit(32)::integer
       end as timeline,
       case
         when pg_is_in_recovery() then pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')
         when current_setting('synchronous_commit') = 'off' then pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')
         else pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0')
       end::bigint as replayed,
       case
         when pg_is_in_recovery()
           then pg_wal_lsn_diff(greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()), '0/0')
         else pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0')
       end::bigint as received,
       substring(receiver.conninfo from 'application_name=([^ ]+)') as name,
       coalesce(current_setting('synchronous_standby_names'), '') as waits_for,
       coalesce(pg_current_snapshot()::text, '') as snapshot
  from (values (true)) as this (server)
  left join pg_stat_wal_receiver as receiver
    on this.server;

-- name: identify_session :one
-- Which session a connection is, as another one may get its process id, and of which server and database: a standby of another
-- cluster has another number, and a name of several servers leads to one that was started at another moment. The timeline is
-- that of a server that takes writes; it's null of one that follows another.
-- owner: any, because it reads no family's rows.
-- single: a session has one process, and a server one control file.
-- equivalent: join: «left join» pg_stat_activity as activity -> join, because a session finds itself.
-- equivalent: constant: then ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), «8»))::bit(32)::integer -> 9,
--   because the cast takes the first eight digits.
select pg_backend_pid() as pid,
       activity.backend_start as started,
       concat(control.system_identifier, ' ', current_database()) as database,
       pg_postmaster_start_time() as server_started,
       case
         when not pg_is_in_recovery()
           then ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::integer
       end as timeline
  from pg_control_system() as control
  left join pg_stat_activity as activity
    on activity.pid = pg_backend_pid();
