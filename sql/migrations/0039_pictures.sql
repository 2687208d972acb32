-- Files of profile pictures. Before a file is written it has a row here, and its row goes after it: so every file is known, whatever
-- fails in between, and none has to be looked for. An account shows one of its pictures, the one that profile_picture names; the
-- others have a moment from which the service removes them. A trigger keeps to that whoever changes profile_picture or removes
-- the account, in psql too.
--
-- Files of the system before, /uploads/profile-ID-MILLISECONDS.EXTENSION, have no row until the account of that id shows another.
--
-- Locks: a new table; its foreign key and the triggers take share row exclusive locks on users for milliseconds.
-- Rollback loses which files there are: they stay where they are, also when their accounts are removed.

create table pictures (
  name text not null,
  user_id bigint,
  removable_at timestamptz default now() + interval '1 hour',
  constraint pictures_pkey primary key (name),
  -- A file outlives its account until it's removed.
  constraint pictures_user_id_fkey foreign key (user_id) references users (id) on delete set null,
  constraint pictures_name_check check (
    length(name) <= 60
    and name ~* '^([0-9a-f]{32}\.webp|profile-[0-9]+-[0-9]+\.(jpe?g|png|gif|webp))$'
  )
);

create index pictures_user_id_idx on pictures (user_id);
create index pictures_removable_at_idx on pictures (removable_at) where removable_at is not null;

create function release_pictures()
  returns trigger
  language plpgsql
  security definer
  set search_path = public, pg_temp
as $$
declare
  shown text := case when tg_op = 'UPDATE' then substr(new.profile_picture, length('/uploads/') + 1) else '' end;
begin
  -- A file of the system before is the account's if it's named for its id.
  if old.profile_picture ~* concat('^/uploads/profile-', old.id, '-[0-9]{1,20}\.(jpe?g|png|gif|webp)$') then
    insert into pictures (name, user_id, removable_at)
    values (substr(old.profile_picture, length('/uploads/') + 1), old.id, null)
        on conflict on constraint pictures_pkey do nothing;
  end if;
  update pictures
     set removable_at = case when name = shown then null else now() end
   where user_id = old.id
     and (name = shown or removable_at is null);
  return old;
end;
$$;

create trigger users_release_pictures
  after update of profile_picture on users
  for each row
  when (old.profile_picture is distinct from new.profile_picture)
  execute function release_pictures();

create trigger users_release_pictures_of_removed
  before delete on users
  for each row execute function release_pictures();

comment on function release_pictures() is 'Trigger function: the picture that an account shows stays, and the one that it showed before is removed by the service.';
comment on table pictures is 'Files of profile pictures, which the service removes from removable_at on.';
comment on column pictures.name is '[personal] Name of the file, which nobody can guess; one of a system before has the id of its account.';
comment on column pictures.user_id is '[personal] The account; null once that is gone.';
comment on column pictures.removable_at is '[operational] When the file may be removed: null while the account shows it, an hour ahead while it is being made or removed.';
