-- Takes back 0018_document_limits. Nothing is lost; merging costs again what it did.

drop trigger child_profiles_routines_limit_insert on child_profiles;
drop trigger child_profiles_routines_limit_update on child_profiles;
drop trigger parent_profiles_onboarding_data_limit_insert on parent_profiles;
drop trigger parent_profiles_onboarding_data_limit_update on parent_profiles;
drop function refuse_large_document();
drop function is_large_routine(jsonb);
drop function count_values(jsonb);

-- RFC 7396 JSON merge patch: absent leaves, null removes, objects merge, anything else replaces.
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
    target := '{}';
  end if;
  return coalesce(
    (
      select jsonb_object_agg(coalesce(t.key, p.key), case when p.key is null then t.value else merge_patch(t.value, p.value) end)
        from jsonb_each(target) as t
        full join jsonb_each(patch) as p
          on p.key = t.key
       where p.key is null
          or jsonb_typeof(p.value) <> 'null'
    ),
    '{}'
  );
end;
$$;
