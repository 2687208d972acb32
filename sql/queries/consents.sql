-- Consents: what an account answered when it was asked to agree to a text. A trigger keeps parent_profiles.refuses_health_data, and
-- removes health-related data when health_data is declined or withdrawn.

-- name: list_consent_texts :many
-- The current version of each text, in a language: nl or en.
select purpose, version, in_force_at,
       concat(case :language::text when 'en' then title_en else title_nl end) as title,
       concat(case :language::text when 'en' then text_en else text_nl end) as text
  from consent_texts
 where version = current_version(purpose)
 order by purpose;

-- name: list_texts_to_ask :many
-- Current texts that the caller has not answered.
-- plan: an account has few answers.
select text.purpose, text.version
  from consent_texts as text
 where text.version = current_version(text.purpose)
   and not exists (
         select
           from consents as answer
          where answer.user_id = :user_id
            and answer.purpose = text.purpose
            and answer.version = text.version
       )
 order by text.purpose;

-- name: list_consents :many
-- A page of what the caller answered, latest first; :before is the last id of the page before.
select id, purpose, version, agreed_at, withdrawn_at
  from consents
 where user_id = :user_id
   and id < :before
 order by id desc
 limit :count;

-- name: lock_consents :one
-- Locks the caller's account until the transaction ends: answers come one after another, and a profile that is being made waits.
select id
  from users
 where id = :user_id
   for update;

-- name: answer_consent_texts :value
-- Notes that a new account was asked: it agrees to the given texts, and declines the others. Returns how many of those given are current.
with text as materialized (
  select text.purpose, text.version,
         (text.purpose, text.version) in (
           select answer.purpose, answer.version
             from unnest(:purpose::text[], :version::integer[]) as answer (purpose, version)
         ) as is_agreed
    from consent_texts as text
   where text.version = current_version(text.purpose)
),
answered as (
  insert into consents (user_id, purpose, version, agreed_at, withdrawn_at)
  select :user_id, purpose, version, case when is_agreed then now() end, case when not is_agreed then now() end
    from text
  returning purpose, version, agreed_at
),
recorded as (
  insert into audit_events (user_id, actor_kind, event, network, details)
  select :user_id, 'user', 'consent_given', :network, jsonb_build_object('purpose', purpose, 'version', version)
    from answered
   where agreed_at is not null
)
select count(agreed_at)
  from answered;

-- name: give_consent :one
-- Agrees to a text, if that version is the current one; who agreed to it before gets that consent. The caller holds the account's lock.
-- plan: the filter is on one row.
-- single: of a version one consent is in force; what is added here isn't seen by the second part.
-- equivalent: union: union «all» -> nothing, because there is one row at most.
-- equivalent: null result: returning id, purpose, version, agreed_at, «withdrawn_at» ->
--   nullif(withdrawn_at, withdrawn_at) as withdrawn_at, because it's null of what is in force.
-- equivalent: null result: select id, purpose, version, agreed_at, «withdrawn_at» ->
--   nullif(withdrawn_at, withdrawn_at) as withdrawn_at, because it's null of what is in force.
with given as (
  insert into consents (user_id, purpose, version, agreed_at)
  select :user_id, purpose, version, now()
    from consent_texts
   where purpose = :purpose
     and version = :version
     and version = current_version(purpose)
      on conflict (user_id, purpose, version) where withdrawn_at is null do nothing
  returning id, purpose, version, agreed_at, withdrawn_at
),
recorded as (
  insert into audit_events (user_id, actor_kind, event, network, details)
  select :user_id, 'user', 'consent_given', :network, jsonb_build_object('purpose', purpose, 'version', version)
    from given
)
select id, purpose, version, agreed_at, withdrawn_at
  from given
 union all
select id, purpose, version, agreed_at, withdrawn_at
  from consents
 where user_id = :user_id
   and purpose = :purpose
   and version = :version
   and version = current_version(purpose)
   and withdrawn_at is null;

-- name: withdraw_consent :one
-- Withdraws what the caller agreed to, all versions, and declines the current one if it wasn't answered; returns the purpose, if
-- there is such a text. The caller holds the account's lock.
-- plan: an account has few answers.
-- equivalent: union: from (table withdrawn union «all» table declined) as answer -> nothing, because no
--   version is in both, and none twice.
with withdrawn as (
  update consents
     set withdrawn_at = greatest(agreed_at, now())
   where user_id = :user_id
     and purpose = :purpose
     and withdrawn_at is null
  returning purpose, version
),
declined as (
  insert into consents (user_id, purpose, version, agreed_at, withdrawn_at)
  select :user_id, text.purpose, text.version, null, now()
    from consent_texts as text
   where text.purpose = :purpose
     and text.version = current_version(text.purpose)
     and not exists (
           select
             from consents as answer
            where answer.user_id = :user_id
              and answer.purpose = text.purpose
              and answer.version = text.version
         )
  returning purpose, version
),
recorded as (
  insert into audit_events (user_id, actor_kind, event, network, details)
  select :user_id, 'user', 'consent_withdrawn', :network, jsonb_build_object('purpose', purpose, 'version', version)
    from (table withdrawn union all table declined) as answer
)
select purpose
  from consent_texts
 where purpose = :purpose
   and version = current_version(purpose);
