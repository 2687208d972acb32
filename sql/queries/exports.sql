-- All that is known of an account and its family, for its owner: run in one transaction that reads from one snapshot, save the events,
-- which are only added to. PostgreSQL makes the JSON, page by page where rows may be many, and the service passes it on. What isn't
-- given is listed, with reasons, in api/exports/left_out.py.

-- name: begin_export :value
-- Records an export; its event is the last that the export has.
insert into audit_events (user_id, actor_kind, event, network)
values (:user_id, 'user', 'exported', :network)
returning id;

-- name: export_account :one
-- What is bounded of the account: itself, its logins and links, and its profile. :mailbox are the limits of its e-mail address, which tell
-- what others ask of that address too: so it has to be confirmed.
-- plan: the sorts and filters are of one account and its few rows; the index finds the limits, of which an attack
-- may make millions, as what is behind a name comes before z in any collation.
-- equivalent: union: union «all» -> nothing, because no name is in both.
-- equivalent: constant: on subject between own.name and concat(own.name, «'z'») -> 'exported', because that comes behind : and @ too.
with owner as materialized (
  select id, email_confirmed_at is not null as is_confirmed,
         encode(sha256(convert_to(username_key(username), 'UTF8')), 'hex') as username_digest
    from users
   where id = :user_id
)
select (
         select row_to_json(account)
           from (
                  select id, username, email, profile_picture as "profilePicture", created_at as "createdAt",
                         email_confirmed_at as "emailConfirmedAt", second_factor_at as "secondFactorAt",
                         banned_at as "bannedAt", ban_reason as "banReason", updated_at as "updatedAt"
                    from users
                   where id = owner.id
                ) as account
       ) as account,
       (
         select coalesce(json_agg(session order by session.id), '[]')
           from (
                  select id, user_agent as "userAgent", created_at as "createdAt", expires_at as "expiresAt",
                         renewed_at as "renewedAt"
                    from sessions
                   where user_id = owner.id
                ) as session
       ) as sessions,
       (
         select coalesce(json_agg(device), '[]')
           from (
                  select expires_at as "expiresAt"
                    from devices
                   where user_id = owner.id
                   order by expires_at
                ) as device
       ) as devices,
       (
         select row_to_json(confirmation)
           from (
                  select email, expires_at as "expiresAt"
                    from email_confirmations
                   where user_id = owner.id
                ) as confirmation
       ) as email_confirmation,
       (
         select coalesce(json_agg(link), '[]')
           from (
                  select expires_at as "expiresAt"
                    from password_resets
                   where user_id = owner.id
                   order by expires_at
                ) as link
       ) as password_resets,
       (
         select row_to_json(app)
           from (
                  select created_at as "createdAt", expires_at as "expiresAt", confirmed_at as "confirmedAt"
                    from totp_factors
                   where user_id = owner.id
                ) as app
       ) as authenticator_app,
       (
         select count(*)
           from recovery_codes
          where user_id = owner.id
       ) as recovery_codes,
       (
         select coalesce(json_agg(passkey order by passkey.id), '[]')
           from (
                  select id, name, transports, sign_count as "signCount", created_at as "createdAt",
                         last_used_at as "lastUsedAt"
                    from passkeys
                   where user_id = owner.id
                ) as passkey
       ) as passkeys,
       (
         select row_to_json(registration)
           from (
                  select expires_at as "expiresAt"
                    from passkey_registrations
                   where user_id = owner.id
                ) as registration
       ) as passkey_registration,
       (
         select coalesce(json_agg(mail order by mail.id), '[]')
           from (
                  select id, kind, recipient, language, parameters, attempts, due_at as "dueAt",
                         created_at as "createdAt"
                    from mails
                   where user_id = owner.id
                ) as mail
       ) as mails,
       (
         select coalesce(json_agg(picture), '[]')
           from (
                  select name, removable_at as "removableAt"
                    from pictures
                   where user_id = owner.id
                   order by name
                ) as picture
       ) as pictures,
       (
         select coalesce(json_agg(consent order by consent.id), '[]')
           from (
                  select id, purpose, version, agreed_at as "agreedAt", withdrawn_at as "withdrawnAt"
                    from consents
                   where user_id = owner.id
                ) as consent
       ) as consents,
       (
         select coalesce(json_agg(attempts), '[]')
           from (
                  select subject, drained_at as "drainedAt"
                    from (
                           select unnest(:mailbox::text[])
                            where owner.is_confirmed
                            union all
                           select unnest(
                                    array[
                                      concat('account:', owner.username_digest), concat('code:', owner.id),
                                      concat('consents:', owner.id), concat('device:', owner.id),
                                      concat('email-links:', owner.id), concat('exports:', owner.id),
                                      concat('old-password:', owner.id)
                                    ]
                                  )
                         ) as own (name)
                    join rate_limits
                      on subject between own.name and concat(own.name, 'z')
                     and left(subject, length(own.name) + 1) in (own.name, concat(own.name, ':'), concat(own.name, '@'))
                   order by subject
                ) as attempts
       ) as rate_limits,
       (
         select row_to_json(profile)
           from (
                  select id, name, email, stress_level as "stressLevel", experience_level as "experienceLevel",
                         primary_concerns as "primaryConcerns", support_network as "supportNetwork", bio,
                         preferred_language as "preferredLanguage",
                         communication_preference as "communicationPreference",
                         completed_onboarding as "completedOnboarding",
                         current_onboarding_step as "currentOnboardingStep", onboarding_data as "onboardingData",
                         profile_embedding::text::json as "profileEmbedding",
                         profile_embedding_model as "profileEmbeddingModel",
                         encode(profile_embedding_digest, 'hex')::text as "profileEmbeddingDigest",
                         last_suggestion_check as "lastSuggestionCheck",
                         changed_since_check as "changedSinceCheck", created_at as "createdAt",
                         updated_at as "updatedAt"
                    from parent_profiles
                   where user_id = owner.id
                ) as profile
       ) as parent_profile,
       (
         select coalesce(json_agg(base), '[]')
           from (
                  select saved.reading, saved.revision, saved.child_ids as "childIds", saved.saved_at as "savedAt"
                    from parent_profiles as profile
                    join onboarding_merge_bases as saved
                      on saved.parent_profile_id = profile.id
                   where profile.user_id = owner.id
                   order by saved.saved_at, saved.reading
                ) as base
       ) as onboarding_merge_bases
  from owner;

-- name: export_children :one
-- A page of the family's children, by id, and the last of them; null behind the last page.
select max(child.id) as last, json_agg(child) as items
  from (
         select id, name, age, special_needs as "specialNeeds", routines, development_notes as "developmentNotes",
                last_assessment as "lastAssessment", created_at as "createdAt", updated_at as "updatedAt"
           from child_profiles
          where parent_profile_id = :parent_profile_id
            and id > :after
          order by id
          limit :count
       ) as child;

-- name: export_goals :one
-- A page of the family's goals.
select max(goal.id) as last, json_agg(goal) as items
  from (
         select id, title, description, category, priority, status, target_date as "targetDate",
                achieved_date as "achievedDate", created_at as "createdAt", updated_at as "updatedAt"
           from parenting_goals
          where parent_profile_id = :parent_profile_id
            and id > :after
          order by id
          limit :count
       ) as goal;

-- name: export_suggestions :one
-- A page of the suggestions that the family was given.
select max(suggestion.id) as last, json_agg(suggestion) as items
  from (
         select given.id, given.slug, library.text_nl as "textNl", library.text_en as "textEn", given.relevance,
                given.used_at as "usedAt", given.dismissed_at as "dismissedAt", given.rating, given.feedback,
                given.expires_at as "expiresAt", given.created_at as "createdAt"
           from suggestions as given
           join library_suggestions as library
             on library.slug = given.slug
          where given.parent_profile_id = :parent_profile_id
            and given.id > :after
          order by given.id
          limit :count
       ) as suggestion;

-- name: export_events :one
-- A page of what was done to the account, up to the event of the export, from the last one of the page before.
select (json_agg(happened) -> -1 ->> 'id')::bigint as last,
       max(happened."happenedAt") as last_happened_at,
       json_agg(happened) as items
  from (
         select id, happened_at as "happenedAt", actor_kind as "actorKind", event, network, details
           from audit_events
          where user_id = :user_id
            and (happened_at, id) > (:after_happened_at, :after)
            and id <= :until
          order by happened_at, id
          limit :count
       ) as happened;
