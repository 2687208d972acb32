-- Takes back 0022_login_throttles_dropped. Loses the counts that were in the table: it comes back empty. Nothing reads it; for the
-- reader's grant run sql/roles.sql.

create table login_throttles (
  subject text not null,
  failures integer not null,
  blocked_until timestamptz not null,
  updated_at timestamptz not null default now(),
  constraint login_throttles_pkey primary key (subject),
  constraint login_throttles_subject_check check (length(subject) between 1 and 200),
  constraint login_throttles_failures_check check (failures >= 0)
);

-- For the removal of what no longer counts.
create index login_throttles_updated_at_idx on login_throttles (updated_at);

create trigger login_throttles_set_updated_at
  before update on login_throttles
  for each row execute function set_updated_at();

comment on table login_throttles is 'Failed logins by account and by address; a row is forgotten some time after the last failure.';
comment on column login_throttles.subject is '[personal] "account:" with the folded username, or "address:" with a network address.';
comment on column login_throttles.failures is '[operational] Failed attempts in a row; an attempt under way counts until it succeeds.';
comment on column login_throttles.blocked_until is '[operational] Until when no attempt is looked at.';
comment on column login_throttles.updated_at is '[operational] When the last attempt was counted.';
