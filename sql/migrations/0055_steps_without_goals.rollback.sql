-- Takes back 0055_steps_without_goals. Loses nothing.

create or replace function leaves_out(document jsonb, path text)
  returns boolean
  language sql
  immutable parallel safe
  return path = '{goals,communicationPreference}'
         and jsonb_typeof(document -> 'goals') = 'object'
         and document #> path::text[] is null;
