-- Functions whose bodies are texts say the schema of what they use, so that they work with whatever search_path they are called: with
-- none, as pg_restore has it, or one that begins elsewhere. A search_path of their own would do too, but is set anew at each call.
--
-- Locks: none that reads or writes wait for.
-- Rollback loses nothing.

create or replace function forget_onboarding_copies()
  returns trigger
  language plpgsql
as $$
begin
  if not new.onboarding_data <@ public.onboarding_remainder(new.onboarding_data) then
    new.onboarding_data := public.onboarding_remainder(new.onboarding_data);
  end if;
  return new;
end;
$$;

create or replace function merge_patch(target jsonb, patch jsonb)
  returns jsonb
  language plpgsql
  immutable parallel safe
as $$
begin
  if patch is null or jsonb_typeof(patch) <> 'object' then
    return patch;
  end if;
  if target is null or jsonb_typeof(target) <> 'object' then
    if not jsonb_path_exists(patch, 'strict $.** ? (@ == null)') then
      return patch;
    end if;
    target := '{}';
  end if;
  return (
    select (target - coalesce(array_agg(key) filter (where jsonb_typeof(value) = 'null'), '{}'))
           || coalesce(
             jsonb_object_agg(
               key, case when jsonb_typeof(value) = 'object' then public.merge_patch(target -> key, value) else value end
             ) filter (where jsonb_typeof(value) <> 'null'),
             '{}'
           )
      from jsonb_each(patch)
  );
end;
$$;
