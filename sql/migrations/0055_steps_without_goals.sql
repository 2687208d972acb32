-- A step that is saved without goals says nothing of how parents want to be reached: it was noted as if it took that away, so that
-- the tab's next save put back what another tab had changed meanwhile.
--
-- Locks: none. The release before goes on working.
-- Rollback loses nothing.

create or replace function leaves_out(document jsonb, path text)
  returns boolean
  language sql
  immutable parallel safe
  return path = '{goals,communicationPreference}'
         and coalesce(jsonb_typeof(document -> 'goals') = 'object', false)
         and document #> path::text[] is null;
