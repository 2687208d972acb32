-- Takes the copies of profile, children and goals out of onboarding documents that were completed before 0011.
--
-- Locks: 1,000 rows of parent_profiles at a time, for some 40 ms; 4 seconds for 100,000 profiles. What is done is committed: cut off,
-- it's run again.
-- Rollback loses nothing more. The copies are lost for good, which is what this is for.
-- transactional: false

do $$
declare
  done bigint := 0;
begin
  loop
    with batch as (
      select id
        from parent_profiles
       where id > done
       order by id
       limit 1000
    ),
    forgotten as (
      update parent_profiles as profile
         set onboarding_data = onboarding_remainder(profile.onboarding_data)
        from batch
       where profile.id = batch.id
         and profile.completed_onboarding
         and not profile.onboarding_data <@ onboarding_remainder(profile.onboarding_data)
    )
    select max(id)
      into done
      from batch;
    exit when done is null;
    commit;
  end loop;
end;
$$;
