-- A completed onboarding is told by the rows of profile, children and goals. Its document keeps only what none of them holds, so
-- that a child that is removed is nowhere any more: the database sees to it, whoever writes. 0012 does it for the profiles there are.
--
-- Locks: share row exclusive on parent_profiles for milliseconds.
-- Rollback loses nothing.

create function onboarding_remainder(document jsonb)
  returns jsonb
  language sql
  immutable parallel safe
  return jsonb_strip_nulls(
    jsonb_build_object(
      'basicInfo', jsonb_build_object('parentType', document #> '{basicInfo,parentType}'),
      'goals', jsonb_build_object('supportAreas', document #> '{goals,supportAreas}')
    )
  );

create function forget_onboarding_copies()
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

comment on function onboarding_remainder(jsonb) is 'What no row or column holds of a completed onboarding document.';
comment on function forget_onboarding_copies() is 'Trigger function: leaves of a completed onboarding document what no row or column holds.';
comment on column parent_profiles.onboarding_data is '[health-related] The onboarding document as saved so far, camelCase as the web client writes it; once completed, only what no row or column holds.';

create trigger parent_profiles_forget_onboarding_copies
  before insert or update of completed_onboarding, onboarding_data on parent_profiles
  for each row
  when (new.completed_onboarding)
  execute function forget_onboarding_copies();
