-- A completed onboarding is told by the rows, so 0011 strips its document of children and goals. Whoever set completed_onboarding
-- by hand on a document whose children and goals have no rows, as all of the system before are, lost them without an error. Now each
-- name and title that is stripped has to have a row of its family when the transaction commits; else it is refused.
--
-- The rows come after the profile, so a deferred trigger looks. It is told what was stripped by a setting of the transaction, as the
-- row itself doesn't have it any more; where rows hold everything already, as nearly always, it is told nothing.
-- Noted documents are looked at again by each profile's trigger, so over 100 in one transaction are refused at once; with their
-- rows there first, any number may be completed.
-- Only what completes or edits an onboarding pays: 40 microseconds of CPU, or 150 where children or goals are new.
--
-- The release before refuses with 400 what it lost: a completion that leaves out children or goals which were saved before.
--
-- Locks: share row exclusive on parent_profiles for milliseconds.
-- Rollback loses nothing; what is stripped is refused no more.

-- Names and titles are the same by fold(), as the service matches them.
create function has_answers_without_rows(family_id bigint, document jsonb)
  returns boolean
  language plpgsql
  stable
  set search_path = public, pg_temp
as $$
declare
  children constant jsonb := jsonb_path_query_array(document, 'lax $.childProfiles[*] ? (@ != null)');
  goals constant jsonb := jsonb_path_query_array(document, 'lax $.goals.shortTerm[*]')
                          || jsonb_path_query_array(document, 'lax $.goals.longTerm[*]');
begin
  return children <> '[]' and exists (
           select fold(entry ->> 'name')
             from jsonb_array_elements(children) as entry
            where entry <> '{}'
           except
           select fold(name)
             from child_profiles
            where parent_profile_id = family_id
         )
      or goals <> '[]' and exists (
           select fold(entry)
             from jsonb_array_elements_text(goals) as entry
            where not is_blank(entry)
           except
           select fold(title)
             from parenting_goals
            where parent_profile_id = family_id
         );
end;
$$;

create or replace function forget_onboarding_copies()
  returns trigger
  language plpgsql
  set search_path = public, pg_temp
as $$
declare
  stripped jsonb;
begin
  if not new.onboarding_data <@ onboarding_remainder(new.onboarding_data) then
    if has_answers_without_rows(new.id, new.onboarding_data) then
      stripped := coalesce(nullif(current_setting('nestwerk.stripped', true), ''), '[]')::jsonb;
      if jsonb_array_length(stripped) >= 100 then
        raise exception using
          errcode = 'check_violation',
          message = 'over 100 completed onboardings have children or goals that have no rows yet',
          hint = 'Add rows to child_profiles and parenting_goals first; `just adopt` does so.',
          table = 'parent_profiles',
          column = 'onboarding_data',
          constraint = 'parent_profiles_onboarding_rows';
      end if;
      perform set_config(
        'nestwerk.stripped',
        (stripped || jsonb_build_object('family', new.id, 'document', new.onboarding_data))::text,
        true
      );
    end if;
    new.onboarding_data := onboarding_remainder(new.onboarding_data);
  end if;
  return new;
end;
$$;

create function refuse_lost_answers()
  returns trigger
  language plpgsql
  set search_path = public, pg_temp
as $$
declare
  stripped constant jsonb := nullif(current_setting('nestwerk.stripped', true), '');
begin
  if stripped is not null
     and exists (
           select
             from jsonb_array_elements(stripped) as entry
            where entry -> 'family' = to_jsonb(new.id)
              and has_answers_without_rows(new.id, entry -> 'document')
         )
     and exists (select from parent_profiles where id = new.id) then
    raise exception using
      errcode = 'check_violation',
      message = 'a completed onboarding would lose children or goals that have no rows',
      hint = 'Add rows to child_profiles and parenting_goals in the same transaction; `just adopt` does so.',
      table = 'parent_profiles',
      column = 'onboarding_data',
      constraint = 'parent_profiles_onboarding_rows';
  end if;
  return null;
end;
$$;

create constraint trigger parent_profiles_onboarding_rows
  after insert or update of completed_onboarding, onboarding_data on parent_profiles
  deferrable initially deferred
  for each row
  when (new.completed_onboarding)
  execute function refuse_lost_answers();

comment on function has_answers_without_rows(bigint, jsonb) is 'Whether an onboarding document has children or goals that no row of the family holds.';
comment on function forget_onboarding_copies() is 'Trigger function: leaves of a completed onboarding document what no row or column holds, and notes what has no row yet.';
comment on function refuse_lost_answers() is 'Trigger function: refuses a completed onboarding if children or goals of its document have no rows when the transaction ends.';
