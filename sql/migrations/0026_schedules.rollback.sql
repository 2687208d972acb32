-- Takes back 0026_schedules. Nothing is lost.
drop table schedules;
