-- Suggestions: what parents see of them, and how they are made. A suggestion refers to its text in the library.
-- It's open until it is used or dismissed, or has expired.

-- name: list_suggestions :many :batch
-- Open suggestions of each caller, best first, in a language: nl or en. They fit each page of the client that shows some, so its
-- context is given back. None is of a chat here, as chats are another service's.
-- plan: a family has some dozens in 90 days, and five of them open.
-- limit: a family has five open ones, and those that it got more of before, which expire in two weeks.
-- equivalent: join: «join» library_suggestions as library -> left join, because the text of each is in the library.
select wanted.call,
       suggestion.id,
       concat(case wanted.language when 'en' then library.text_en else library.text_nl end) as text,
       concat(library.category) as type,
       wanted.context,
       suggestion.relevance,
       null::bigint as related_chat_id,
       null::text as related_chat_title,
       suggestion.used_at, suggestion.expires_at, suggestion.created_at
  from unnest(:parent_profile_id::bigint[], :context::text[], :language::text[]) with ordinality
       as wanted (parent_profile_id, context, language, call)
  join suggestions as suggestion
    on suggestion.parent_profile_id = wanted.parent_profile_id
   and suggestion.used_at is null
   and suggestion.dismissed_at is null
   and suggestion.expires_at > now()
  join library_suggestions as library
    on library.slug = suggestion.slug
 order by wanted.call asc, suggestion.relevance desc, suggestion.id asc;

-- name: use_suggestion :maybe :batch
-- Notes that each caller used a suggestion; the first time counts.
-- Rows are locked in the order of their keys, so that no two batches deadlock.
-- apart: parent_profile_id, id
update suggestions as suggestion
   set used_at = coalesce(suggestion.used_at, now())
  from (
         select parent_profile_id, id, call
           from unnest(:parent_profile_id::bigint[], :id::bigint[]) with ordinality
                as given (parent_profile_id, id, call)
          order by parent_profile_id, id
       ) as wanted
 where suggestion.parent_profile_id = wanted.parent_profile_id
   and suggestion.id = wanted.id
returning wanted.call, suggestion.id;

-- name: dismiss_suggestion :maybe :batch
-- Notes that each caller put a suggestion away; the first time counts.
-- apart: parent_profile_id, id
update suggestions as suggestion
   set dismissed_at = coalesce(suggestion.dismissed_at, now())
  from (
         select parent_profile_id, id, call
           from unnest(:parent_profile_id::bigint[], :id::bigint[]) with ordinality
                as given (parent_profile_id, id, call)
          order by parent_profile_id, id
       ) as wanted
 where suggestion.parent_profile_id = wanted.parent_profile_id
   and suggestion.id = wanted.id
returning wanted.call, suggestion.id;

-- name: rate_suggestion :maybe :batch
-- Notes what each caller thinks of a suggestion; the last time counts.
-- apart: parent_profile_id, id
update suggestions as suggestion
   set rating = wanted.rating,
       feedback = wanted.feedback
  from (
         select parent_profile_id, id, rating, feedback, call
           from unnest(
                  :parent_profile_id::bigint[], :id::bigint[], :rating::integer[], :feedback::text[]
                ) with ordinality as given (parent_profile_id, id, rating, feedback, call)
          order by parent_profile_id, id
       ) as wanted
 where suggestion.parent_profile_id = wanted.parent_profile_id
   and suggestion.id = wanted.id
returning wanted.call, suggestion.id;

-- name: make_suggestions :one
-- Takes at most :count parents who are due, those whose profile changed first, gives each what fits best up to five open ones, and
-- notes that they were checked; returns how many of both. Who doesn't consent to health-related data is given nothing. It does nothing
-- while another execution is at work, and passes over parents who are saving: nobody waits for it but those parents whom it took,
-- until it ends. While nobody is due it reads the first entry of an index, and nothing else.
--
-- After it all executions do nothing for :rest times as long as it took, 10 seconds at most, so that clients have the database for
-- themselves for most of the time, however many workers look. One with a :rest of 0 doesn't wait either. A moment further off than a
-- minute was set by a clock that went wrong.
--
-- A text may be given if a child is of its ages and the parent of its levels of stress and experience, if the parent didn't get it in
-- the last 90 days, and names its concern where that is sensitive; one about siblings where there is more than one child. A child's
-- special needs name concerns as a parent's words do. What fits is worth points, 100 at most: 50 where the parent
-- names a concern of it, 20 where it has none, 5 otherwise; 12 for a child's age, 8 for the stress, 5 for the experience; 25
-- for the nearest by embedding and less for those behind, if both were embedded by one model. The best for each concern that
-- the parent names goes before all others, and each further one of a category counts 12 less. Ties are decided by a hash, so
-- not all parents get the same, and the same parent always does. What is given is open for 14 days.
-- owner: any, because it works for all parents.
-- plan: all texts of the library are compared with each parent that was taken.
-- limit: those are changed that were taken, :count at most.
-- lock: a turn is one worker's; what a family changes meanwhile counts at its next look.
-- equivalent: direction: order by «concern» -> concern desc, because it's a set.
-- equivalent: direction: array_agg(slug order by «id») filter (where created_at > now() - interval '90 days'), '{}' -> id desc, because it's a set.
-- equivalent: direction: array_agg(slug order by «id») filter ( -> id desc, because it's a set.
-- equivalent: direction: order by «concern.concern» -> concern.concern desc, because it's a set.
-- equivalent: direction: order by «id» -> id desc, because it is a set.
-- equivalent: direction: order by «meant.id asc», meant.concern asc, scored.relevance desc, scored.chance asc -> meant.id desc,
--   because the best of each are a set.
-- equivalent: direction: order by meant.id asc, «meant.concern asc», scored.relevance desc, scored.chance asc -> meant.concern desc,
--   because the best of each are a set.
-- equivalent: condition: where cardinality(parent.open) < 5 -> nothing, because no position is below 1, and it saves the work.
-- equivalent: relation: where cardinality(parent.open) «<» 5 -> <=, because no position is below 1.
-- equivalent: constant: where cardinality(parent.open) < «5» -> 6, because no position is below 1.
-- equivalent: constant: - 12 * (row_number() over (partition by id, category order by preference desc, chance asc) - «1») as rank -> 2,
--   because it moves all ranks alike.
-- equivalent: arithmetic: - 12 * (row_number() over (partition by id, category order by preference desc, chance asc) «-» 1) as rank -> +,
--   because it moves all ranks alike.
-- equivalent: join: «join» word -> left join, because no text has a concern that is null.
-- equivalent: join: «join» ( -> left join, because the condition on scored names about.
-- equivalent: distinct: select «distinct» told.id, word.concern -> nothing, because what is made of them are sets, and it saves the work.
-- equivalent: condition: where exists (select from due) -> nothing, because nobody is given anything then, and it saves the work.
-- equivalent: condition: -- As every text about a nam … . and scored.relevance >= 50 -> nothing, because every one has, and it saves
--   the work.
-- equivalent: column: library.«min_age» is null as is_for_any_age, -> max_age, because both are null or none.
-- equivalent: order by: order by id, position -> nothing, because row_number() leaves them in this order.
-- equivalent: order by: order by id«, position» -> nothing, because row_number() leaves them in this order.
with turn as materialized (
  select
    from schedules
   where name = 'suggestions'
     and (:rest::integer = 0 or due_at not between now() and now() + interval '1 minute')
     and (
           select min(case when changed_since_check then '-infinity' else last_suggestion_check end)
             from parent_profiles
            where completed_onboarding
         ) < now() - :hours::integer * interval '1 hour'
     for update skip locked
),
due as materialized (
  select id, stress_level, experience_level, primary_concerns, onboarding_data, profile_embedding_model,
         refuses_health_data,
         -- Which takes it out of its storage once, and not for each text.
         l2_normalize(profile_embedding) as embedding
    from parent_profiles
   where completed_onboarding
     and case when changed_since_check then '-infinity' else last_suggestion_check end
         < now() - :hours::integer * interval '1 hour'
     and exists (select from turn)
   order by case when changed_since_check then '-infinity' else last_suggestion_check end
   limit :count
     for no key update skip locked
),
word as materialized (
  select concern, ' ' || word as word
    from concerns
   cross join unnest(words_nl || words_en) as word
   where exists (select from due)
),
told as materialized (
  select due.id,
         ' ' || plain_words(
           left(
             concat_ws(
               ' ', array_to_string(due.primary_concerns, ' '), due.onboarding_data #>> '{goals,supportAreas}',
               (
                 select string_agg(array_to_string(special_needs, ' '), ' ' order by id)
                   from child_profiles
                  where parent_profile_id = due.id
               ),
               (
                 select string_agg(goal.title, ' ')
                   from (
                          select title
                            from parenting_goals
                           where parent_profile_id = due.id
                             and status = 'active'
                           order by id desc
                           limit 20
                        ) as goal
               )
             ),
             4000
           )
         ) as words
    from due
),
meant as materialized (
  select distinct told.id, word.concern
    from told
    join word
      on strpos(told.words, word.word) > 0
),
parent as materialized (
  select due.id, due.stress_level, due.experience_level, due.profile_embedding_model, due.embedding,
         array(
           select concern
             from meant
            where id = due.id
            order by concern
         ) as concerns,
         child.ages, child.children, given.slugs, given.open
    from due
   cross join lateral (
           select range_agg(int8range(age, age, '[]')) as ages, count(id) as children
             from child_profiles
            where parent_profile_id = due.id
         ) as child
   cross join lateral (
           select coalesce(
                    array_agg(slug order by id) filter (where created_at > now() - interval '90 days'), '{}'
                  ) as slugs,
                  coalesce(
                    array_agg(slug order by id) filter (
                      where used_at is null and dismissed_at is null and expires_at > now()
                    ),
                    '{}'
                  ) as open
             from suggestions
            where parent_profile_id = due.id
         ) as given
   where not due.refuses_health_data
),
library as materialized (
  select library.slug, library.category, library.concerns, library.stress_levels, library.experience_levels,
         int8range(library.min_age, library.max_age, '[]') as ages,
         library.min_age is null as is_for_any_age,
         array(
           select concern.concern
             from concerns as concern
            where concern.is_sensitive
              and concern.concern = any(library.concerns)
            order by concern.concern
         ) as sensitive,
         embedded.model, l2_normalize(embedded.embedding) as embedding
    from library_suggestions as library
    left join library_embeddings as embedded
      on embedded.slug = library.slug
   where exists (select from due)
),
fitting as materialized (
  select parent.id, library.slug, library.category,
         cardinality(parent.open) as open,
         case
           when library.concerns && parent.concerns then 50
           when library.concerns = '{}' then 20
           else 5
         end
         + case when library.is_for_any_age then 0 else 12 end
         + case when library.stress_levels = '{}' then 0 else 8 end
         + case when library.experience_levels = '{}' then 0 else 5 end as points,
         case
           when library.model = parent.profile_embedding_model then library.embedding <#> parent.embedding
         end as distance,
         hashtextextended(library.slug, parent.id) as chance
    from parent
    join library
      on (library.is_for_any_age or parent.ages && library.ages)
     and (library.stress_levels = '{}' or parent.stress_level = any(library.stress_levels))
     and (library.experience_levels = '{}' or parent.experience_level = any(library.experience_levels))
     and library.sensitive <@ parent.concerns
     and (library.category <> 'siblings' or parent.children > 1 or library.sensitive <> '{}')
     and library.slug <> all(parent.slugs)
   where cardinality(parent.open) < 5
),
scored as (
  select id, slug, category, open, chance,
         points + case
           when distance is null then 0
           else round(25 * (1 - percent_rank() over (partition by id order by distance)))::integer
         end as relevance
    from fitting
),
best as (
  select distinct on (meant.id, meant.concern) scored.id, scored.slug
    from meant
    join (
           select slug, unnest(concerns) as concern
             from library
         ) as about
      on about.concern = meant.concern
    join scored
      on scored.id = meant.id
     and scored.slug = about.slug
     -- As every text about a named concern has.
     and scored.relevance >= 50
   order by meant.id asc, meant.concern asc, scored.relevance desc, scored.chance asc
),
preferred as materialized (
  select id, slug, category, open, relevance, chance,
         relevance + case when (id, slug) in (select id, slug from best) then 50 else 0 end as preference
    from scored
),
varied as (
  select id, slug, open, relevance, chance,
         preference
         - 12 * (row_number() over (partition by id, category order by preference desc, chance asc) - 1) as rank
    from preferred
),
ranked as (
  select id, slug, open, relevance, row_number() over (partition by id order by rank desc, chance asc) as position
    from varied
),
made as (
  insert into suggestions (parent_profile_id, slug, relevance, expires_at)
  select id, slug, relevance, now() + interval '14 days'
    from ranked
   where position <= 5 - open
   order by id, position
  returning id
),
checked as (
  update parent_profiles
     set last_suggestion_check = now(),
         changed_since_check = false
   where id = any(
           array(
             select id
               from due
              order by id
           )
         )
  returning id
),
result as materialized (
  select (select count(id) from checked)::integer as parents, (select count(id) from made)::integer as suggestions
),
rested as (
  update schedules
     set due_at = clock_timestamp() + least(:rest * (clock_timestamp() - now()), interval '10 seconds')
   where name = 'suggestions'
     and (select parents from result) > 0
)
select parents, suggestions
  from result;

-- name: list_profiles_to_embed :many
-- Of the :count parents who are due first, those whose profile has no embedding of :model, or one of what it said before: what is to
-- be embedded, and its digest.
-- owner: none, because it works for all parents.
-- order: of those who are due since the same moment any come first.
with due as (
  select id, primary_concerns, support_network, bio, onboarding_data, profile_embedding_digest, updated_at
    from parent_profiles
   where completed_onboarding
     and case when changed_since_check then '-infinity' else last_suggestion_check end
         < now() - :hours::integer * interval '1 hour'
   order by case when changed_since_check then '-infinity' else last_suggestion_check end
   limit :count
),
told as (
  select due.id, due.profile_embedding_digest, due.updated_at, left(
           concat(
             array_to_string(due.primary_concerns, ', '), E'\n', due.onboarding_data #>> '{goals,supportAreas}', E'\n',
             (
               select string_agg(goal.title, ', ')
                 from (
                        select title
                          from parenting_goals
                         where parent_profile_id = due.id
                           and status = 'active'
                         order by id desc
                         limit 20
                      ) as goal
             ),
             E'\n', array_to_string(due.support_network, ', '), E'\n', due.bio
           ),
           2000
         ) as text
    from due
)
select id, text, sha256(convert_to(concat(:model::text, E'\n', text), 'UTF8')) as digest, updated_at
  from told
 where not is_blank(text)
   and sha256(convert_to(concat(:model::text, E'\n', text), 'UTF8')) is distinct from profile_embedding_digest;

-- name: save_profile_embeddings :exec
-- Keeps embeddings of profiles that are still as they were when they were listed; parents who are saving are passed over.
-- owner: none, because it works for all parents.
-- plan: the filter and the sort are of the few parents of one step.
-- equivalent: order by: «order by profile.id» -> nothing, because it waits for no row.
-- equivalent: direction: order by «profile.id» -> profile.id desc, because it waits for no row.
-- equivalent: column: order by profile.«id» -> user_id, because it waits for no row.
with unchanged as (
  select profile.id, given.embedding, given.digest
    from unnest(:id::bigint[], :updated_at::timestamptz[], :embedding::text[], :digest::bytea[])
         as given (id, updated_at, embedding, digest)
    join parent_profiles as profile
      on profile.id = given.id
     and profile.updated_at = given.updated_at
   order by profile.id
     for no key update of profile skip locked
)
update parent_profiles as profile
   set profile_embedding = unchanged.embedding::halfvec(3072),
       profile_embedding_model = :model,
       profile_embedding_digest = unchanged.digest
  from unchanged
 where profile.id = unchanged.id;

-- name: list_texts_to_embed :many
-- Texts of the library that have no embedding of :model, or one of what they said before, 32 at most.
select text.slug, text.text, text.digest
  from (
         select library.slug,
                concat(library.title_nl, E'\n', library.text_nl) as text,
                sha256(
                  convert_to(concat(:model::text, E'\n', library.title_nl, E'\n', library.text_nl), 'UTF8')
                ) as digest
           from library_suggestions as library
       ) as text
  left join library_embeddings as embedded
    on embedded.slug = text.slug
 where embedded.digest is distinct from text.digest
 order by text.slug
 limit 32;

-- name: save_library_embeddings :exec
-- Keeps embeddings of texts of the library, in place of those that they had.
insert into library_embeddings as embedded (slug, model, digest, embedding)
select library.slug, :model, given.digest, given.embedding::halfvec(3072)
  from unnest(:slug::text[], :digest::bytea[], :embedding::text[]) as given (slug, digest, embedding)
  join library_suggestions as library
    on library.slug = given.slug
 where given.digest is not null
   and given.embedding is not null
 order by library.slug
    on conflict on constraint library_embeddings_pkey do update
   set model = excluded.model,
       digest = excluded.digest,
       embedding = excluded.embedding;
