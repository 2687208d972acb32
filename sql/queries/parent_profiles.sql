-- Parent profiles, one to one with users: every statement is bound to the user. The embedding is never read here.

-- name: get_parent_profile :maybe
-- The caller's profile.
select id, user_id, name, email, stress_level, experience_level, primary_concerns, support_network, bio,
       preferred_language, communication_preference, completed_onboarding, current_onboarding_step, onboarding_data,
       last_suggestion_check, created_at, updated_at
  from parent_profiles
 where user_id = :user_id;

-- name: put_parent_profile :one
-- Makes the caller's profile what :profile says, an object whose keys are columns, or creates it: `created` tells which.
-- How far the onboarding has come stays as it was.
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
    on conflict on constraint parent_profiles_user_id_key do update
   set name = excluded.name,
       email = excluded.email,
       stress_level = excluded.stress_level,
       experience_level = excluded.experience_level,
       primary_concerns = excluded.primary_concerns,
       support_network = excluded.support_network,
       bio = excluded.bio,
       preferred_language = excluded.preferred_language,
       communication_preference = excluded.communication_preference
returning id, user_id, name, email, stress_level, experience_level, primary_concerns, support_network, bio,
          preferred_language, communication_preference, completed_onboarding, current_onboarding_step, onboarding_data,
          last_suggestion_check, created_at, updated_at, (old.id is null) as created;

-- name: update_parent_profile :maybe
-- Changes what :patch names: an object whose keys are columns; null clears, absent leaves (RFC 7396).
update parent_profiles as profile
   set (
         name, email, stress_level, experience_level, primary_concerns, support_network, bio,
         preferred_language, communication_preference
       ) = (
         select patched.name,
                patched.email,
                patched.stress_level,
                patched.experience_level,
                patched.primary_concerns,
                patched.support_network,
                patched.bio,
                patched.preferred_language,
                patched.communication_preference
           from jsonb_populate_record(profile, :patch::jsonb) as patched
       )
 where user_id = :user_id
returning id, user_id, name, email, stress_level, experience_level, primary_concerns, support_network, bio,
          preferred_language, communication_preference, completed_onboarding, current_onboarding_step, onboarding_data,
          last_suggestion_check, created_at, updated_at;
