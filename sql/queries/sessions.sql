-- Sessions: who calls, and which logins last. Tokens are stored as their SHA-256 only.

-- name: get_caller :maybe
-- The caller whose session has this token; nobody when it has expired. 0 stands for "has no profile yet".
select session.user_id,
       session.id as session_id,
       coalesce(profile.id, 0) as parent_profile_id,
       profile.preferred_language,
       extract(epoch from session.expires_at - now())::double precision as seconds_left
  from sessions as session
  left join parent_profiles as profile
    on profile.user_id = session.user_id
 where session.token_digest = :token_digest
   and session.expires_at > now();
