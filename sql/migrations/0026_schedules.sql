-- Work that one worker at a time does now and then, such as removing what has expired. A worker takes a turn by moving due_at on: of
-- several that try at once one does, and if it is killed half-way the next turn is as usual. Advisory locks would do too, but
-- the service may not hold any.
--
-- Locks: a new table only; takes milliseconds.
-- Rollback loses nothing.

create table schedules (
  name text not null,
  due_at timestamptz not null,
  constraint schedules_pkey primary key (name),
  constraint schedules_name_check check (length(name) between 1 and 50)
);

comment on table schedules is 'Work that the service does now and then, one worker at a time.';
comment on column schedules.name is '[operational] What is to be done.';
comment on column schedules.due_at is '[operational] From when a worker may do it again.';
