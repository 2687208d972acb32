-- What the session that adopts notes. `made_rows` and `adopted_rows` are copies of what earlier runs noted in the schema adoption.

create temp table findings (
  number bigint generated always as identity, of_table text, label text, constraint_name text, fault text, rule text,
  is_proposal boolean not null default false
);

-- Rows that break the constraint which is looked at.
create temp table lines (line bigint, label text, fault text);

-- Lines that a rule has changed, which may break another constraint now.
create temp table mended (of_table text, line bigint);

-- Rows of ours that stay as they are, as they were made or changed here.
create temp table kept_rows (of_table text, id bigint);
create index on kept_rows (of_table, id);

create temp table made_rows (
  of_table text, parent_profile_id bigint, digest uuid, namesake bigint, id bigint,
  primary key (of_table, parent_profile_id, digest, namesake)
);

create temp table adopted_rows (of_table text, id bigint, digest uuid, primary key (of_table, id));

-- Of what the old system doesn't know.
alter table new_users alter column updated_at set default now();
alter table new_parent_profiles alter column refuses_health_data set default false;
alter table new_child_profiles alter column refuses_health_data set default false;
