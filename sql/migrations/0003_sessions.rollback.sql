-- Takes back 0003_sessions. Loses every session: everybody logs in again.

drop table sessions;
