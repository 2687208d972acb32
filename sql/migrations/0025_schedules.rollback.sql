-- Takes back 0025_schedules. Nothing is lost.
drop table schedules;
