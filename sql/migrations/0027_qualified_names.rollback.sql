-- Takes back 0027_qualified_names. Nothing is lost.
create or replace function forget_onboarding_copies()
  returns trigger
  language plpgsql
as $$
begin
  if not new.onboarding_data <@ onboarding_remainder(new.onboarding_data) then
    new.onboarding_data := onboarding_remainder(new.onboarding_data);
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
               key, case when jsonb_typeof(value) = 'object' then merge_patch(target -> key, value) else value end
             ) filter (where jsonb_typeof(value) <> 'null'),
             '{}'
           )
      from jsonb_each(patch)
  );
end;
$$;
