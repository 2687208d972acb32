-- Takes back 0029_onboarding_rows. Nothing is lost; from then on, completing a document by hand loses what no row holds.

drop trigger parent_profiles_onboarding_rows on parent_profiles;
drop function refuse_lost_answers();

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

comment on function forget_onboarding_copies() is 'Trigger function: leaves of a completed onboarding document what no row or column holds.';

drop function has_answers_without_rows(bigint, jsonb);
