-- Parent profiles, one for each user: every statement is bound to the user. None reads the embedding.

-- name: get_parent_profile :maybe :batch
-- The profile of each caller.
select wanted.call,
       profile.id, profile.user_id, profile.name, profile.email, profile.stress_level, profile.experience_level,
       profile.primary_concerns, profile.support_network, profile.bio, profile.preferred_language,
       profile.communication_preference, profile.completed_onboarding, profile.current_onboarding_step,
       profile.onboarding_data, profile.last_suggestion_check, profile.created_at, profile.updated_at
  from unnest(:user_id::bigint[]) with ordinality as wanted (user_id, call)
  join parent_profiles as profile
    on profile.user_id = wanted.user_id;

-- name: get_profile :maybe :batch
-- The profile of each caller for the web client, whose document has a revision: it edits it and saves it as onboarding.
select wanted.call,
       profile.id, profile.user_id, profile.name, profile.email, profile.stress_level, profile.experience_level,
       profile.primary_concerns, profile.support_network, profile.bio, profile.preferred_language,
       profile.communication_preference, profile.completed_onboarding, profile.current_onboarding_step,
       coalesce(with_revision(profile.user_id, profile.onboarding_data), '{}') as onboarding_data,
       profile.last_suggestion_check, profile.created_at, profile.updated_at
  from unnest(:user_id::bigint[]) with ordinality as wanted (user_id, call)
  join parent_profiles as profile
    on profile.user_id = wanted.user_id;

-- name: put_parent_profile :maybe
-- Replaces or creates the caller's profile, which `created` tells; :profile is an object whose keys are columns.
-- The progress of the onboarding is kept. A profile that has none of the :versions, if there are any, stays as it is: its
-- trigger sees to that. No row comes back if there is none and it may not be created.
-- equivalent: column: coalesce(old.updated_at = new.updated_at, false) as is_refused, (old.«id» is null) as created; -> user_id, because
--   neither is null of a profile.
insert into parent_profiles (
  user_id, name, email, stress_level, experience_level, primary_concerns, support_network, bio,
  preferred_language, communication_preference
)
select :user_id, given.name, given.email, given.stress_level, given.experience_level, given.primary_concerns,
       given.support_network, given.bio, given.preferred_language, given.communication_preference
  from jsonb_to_record(:profile::jsonb) as given (
         name text, email text, stress_level stress_level, experience_level experience_level, primary_concerns text[],
         support_network text[], bio text, preferred_language text, communication_preference text
       )
 where :may_create::boolean
    or exists (
         select
           from parent_profiles
          where user_id = :user_id
       )
    on conflict on constraint parent_profiles_user_id_key do update
   set name = excluded.name,
       email = excluded.email,
       stress_level = excluded.stress_level,
       experience_level = excluded.experience_level,
       primary_concerns = excluded.primary_concerns,
       support_network = excluded.support_network,
       bio = excluded.bio,
       preferred_language = excluded.preferred_language,
       communication_preference = excluded.communication_preference,
       updated_at = case
                      when coalesce(parent_profiles.updated_at = any(:versions::text::timestamptz[]), true)
                      then parent_profiles.updated_at
                      else 'infinity'
                    end
returning id, user_id, name, email, stress_level, experience_level, primary_concerns, support_network, bio,
          preferred_language, communication_preference, completed_onboarding, current_onboarding_step, onboarding_data,
          last_suggestion_check, created_at, updated_at,
          coalesce(old.updated_at = new.updated_at, false) as is_refused, (old.id is null) as created;

-- name: update_parent_profile :maybe
-- Applies :patch, an object whose keys are columns: null clears a column, an absent key keeps it (RFC 7396).
-- A profile that has none of the :versions, if there are any, stays as it is: its trigger sees to that.
-- It is written column by column, as jsonb_populate_record of the row would read the embedding too.
update parent_profiles as profile
   set name = case when :patch::jsonb ? 'name' then patched.name else profile.name end,
       email = case when :patch::jsonb ? 'email' then patched.email else profile.email end,
       stress_level = case
                        when :patch::jsonb ? 'stress_level' then patched.stress_level
                        else profile.stress_level
                      end,
       experience_level = case
                            when :patch::jsonb ? 'experience_level' then patched.experience_level
                            else profile.experience_level
                          end,
       primary_concerns = case
                            when :patch::jsonb ? 'primary_concerns' then patched.primary_concerns
                            else profile.primary_concerns
                          end,
       support_network = case
                           when :patch::jsonb ? 'support_network' then patched.support_network
                           else profile.support_network
                         end,
       bio = case when :patch::jsonb ? 'bio' then patched.bio else profile.bio end,
       preferred_language = case
                              when :patch::jsonb ? 'preferred_language' then patched.preferred_language
                              else profile.preferred_language
                            end,
       communication_preference = case
                                    when :patch::jsonb ? 'communication_preference'
                                    then patched.communication_preference
                                    else profile.communication_preference
                                  end,
       updated_at = case
                      when coalesce(profile.updated_at = any(:versions::text::timestamptz[]), true)
                      then profile.updated_at
                      else 'infinity'
                    end
  from jsonb_to_record(:patch::jsonb) as patched (
         name text, email text, stress_level stress_level, experience_level experience_level, primary_concerns text[],
         support_network text[], bio text, preferred_language text, communication_preference text
       )
 where profile.user_id = :user_id
returning profile.id, profile.user_id, profile.name, profile.email, profile.stress_level,
          profile.experience_level, profile.primary_concerns, profile.support_network, profile.bio,
          profile.preferred_language, profile.communication_preference, profile.completed_onboarding,
          profile.current_onboarding_step, profile.onboarding_data, profile.last_suggestion_check,
          profile.created_at, profile.updated_at, old.updated_at = profile.updated_at as is_refused;
