// The statements, each with the JSON text of its answer; PostgreSQL writes moments as it does, +00:00 for Z.

export interface Goal {
  title: string;
  description?: string;
  category?: string;
  priority?: number;
  status?: string;
  targetDate?: string | null;
}

const CHILD = `id, parent_profile_id as "parentProfileId", name, age, special_needs as "specialNeeds", routines,
  development_notes as "developmentNotes", last_assessment as "lastAssessment",
  created_at as "createdAt", updated_at as "updatedAt"`;

const GOAL = `id, parent_profile_id as "parentProfileId", title, description, category, priority, status,
  target_date as "targetDate", achieved_date as "achievedDate",
  created_at as "createdAt", updated_at as "updatedAt"`;

export const child = `
  select row_to_json(child)::text as document
    from (select ${CHILD} from child_profiles where parent_profile_id = $1::bigint and id = $2::bigint) as child`;

export const list = `
  select id, row_to_json(goal)::text as document
    from (
           select ${GOAL}
             from parenting_goals
            where parent_profile_id = $1::bigint and parenting_goals.id > $2::bigint
            order by parenting_goals.id
            limit $3::bigint
         ) as goal`;

export const family = `
  select row_to_json(document)::text as document
    from (
           select account.id, account.username, account.email, account.profile_picture as "profilePicture",
                  (
                    select row_to_json(found)
                      from (
                             select id, user_id as "userId", name, email, stress_level as "stressLevel",
                                    experience_level as "experienceLevel", primary_concerns as "primaryConcerns",
                                    support_network as "supportNetwork", bio,
                                    preferred_language as "preferredLanguage",
                                    communication_preference as "communicationPreference",
                                    completed_onboarding as "completedOnboarding",
                                    current_onboarding_step as "currentOnboardingStep",
                                    onboarding_data as "onboardingData",
                                    last_suggestion_check as "lastSuggestionCheck",
                                    created_at as "createdAt", updated_at as "updatedAt",
                                    (
                                      select coalesce(json_agg(child), '[]')
                                        from (
                                               select ${CHILD} from child_profiles
                                                where parent_profile_id = profile.id order by id
                                             ) as child
                                    ) as "childProfiles",
                                    (
                                      select coalesce(json_agg(goal), '[]')
                                        from (
                                               select ${GOAL} from parenting_goals
                                                where parent_profile_id = profile.id order by id
                                             ) as goal
                                    ) as "parentingGoals"
                               from parent_profiles as profile
                              where user_id = account.id
                           ) as found
                  ) as "parentProfile"
             from users as account
            where account.id = $1::bigint
         ) as document`;

// What a changed row is returned as.
const RETURNING = `returning (select row_to_json(goal)::text from (select ${GOAL}) as goal) as document`;

export const insert = `
  insert into parenting_goals (
    parent_profile_id, title, description, category, priority, status, target_date, achieved_date
  )
  values ($1::bigint, $2, $3, $4, $5::integer, $6, $7::text::timestamptz, case when $6 = 'achieved' then now() end)
  ${RETURNING}`;

export const update = `
  update parenting_goals
     set title = coalesce($3, title),
         description = coalesce($4, description),
         category = coalesce($5, category),
         priority = coalesce($6::integer, priority),
         status = coalesce($7, status),
         target_date = case when $9::boolean then $8::text::timestamptz else target_date end,
         achieved_date = case when coalesce($7, status) = 'achieved' then coalesce(achieved_date, now()) end
   where parent_profile_id = $1::bigint
     and id = $2::bigint
  ${RETURNING}`;
