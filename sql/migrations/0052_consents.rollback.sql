-- Takes back 0052_consents. Loses all consents and texts; health-related data is taken from everybody again.

create or replace function keep_family_size()
  returns trigger
  language plpgsql
  security definer
  set search_path = public, pg_temp
as $$
declare
  direction constant integer := case tg_op when 'DELETE' then -1 else 1 end;
  family record;
  known integer;
begin
  for family in
    select parent_profile_id as id, direction * count(*)::integer as change
      from changed
     group by parent_profile_id
     order by parent_profile_id
  loop
    update family_sizes as size
       set number = size.number + family.change
     where size.parent_profile_id = family.id
       and size.of_table = tg_table_name::text
    returning size.number into known;
    -- Deletes make a number too: else one that another transaction makes at the same time would keep what they remove. Where it
    -- was first, its number is changed. A family that is being removed gets none.
    if not found then
      execute format(
        'insert into family_sizes as size (parent_profile_id, of_table, number)
         select id, $2, (select count(*) from %I as counted where counted.parent_profile_id = profile.id)
           from parent_profiles as profile
          where id = $1
             on conflict on constraint family_sizes_pkey do update
            set number = size.number + $3
         returning number',
        tg_table_name
      )
        into known
       using family.id, tg_table_name::text, family.change;
    end if;
    if direction = 1 and known > tg_argv[0]::integer then
      raise exception using
        errcode = 'check_violation',
        message = format('a family has %s rows of %s at most', tg_argv[0], tg_table_name),
        table = tg_table_name,
        constraint = tg_table_name || '_limit';
    end if;
  end loop;
  return null;
end;
$$;

create or replace trigger parenting_goals_limit
  after insert on parenting_goals
  referencing new table as changed
  for each statement
  execute function keep_family_size('1000');
create or replace trigger child_profiles_limit
  after insert on child_profiles
  referencing new table as changed
  for each statement
  execute function keep_family_size('50');
comment on function keep_family_size() is 'Trigger function: keeps family_sizes, and refuses rows beyond the number that is its argument.';
drop trigger child_profiles_refuse_health_data on child_profiles;
drop trigger parent_profiles_mark_refusal on parent_profiles;
drop trigger parent_profiles_refuse_health_data on parent_profiles;
create or replace trigger child_profiles_set_updated_at
  before update on child_profiles
  for each row execute function set_updated_at();
create or replace trigger parent_profiles_set_updated_at
  before update on parent_profiles
  for each row
  when (
    new.last_suggestion_check is not distinct from old.last_suggestion_check
    and (
      new.profile_embedding_digest is null
      or new.profile_embedding_digest is not distinct from old.profile_embedding_digest
    )
  )
  execute function set_updated_at();
alter table child_profiles drop column refuses_health_data;
alter table family_sizes drop column refuses_health_data;
alter table parent_profiles drop column refuses_health_data;
drop trigger consents_apply_health_consent on consents;
drop function apply_health_consent();
drop function keep_health_consent(bigint);
drop function mark_refusal();
drop function refuse_health_data();
drop function takes_document(bigint, jsonb, text);
drop function filled_fields(jsonb, text[]);
drop function refuse_health_fields(text, text[]);
drop function without_health_data(jsonb);
drop function health_fields(jsonb);
drop function refuses_health_data(bigint);
drop function needs_consent(bigint);
drop table consents;
drop function refuse_consent_change();
drop function current_version(text);
drop table consent_texts;
drop function refuse_text_change();
