-- Suggestions for parents: a library of texts that a DBA reads and edits, and which of them were given to whom.
--
-- library_suggestions holds the texts, and whom each fits. What parents worry about they write in words of their own; concerns is the
-- closed list of what such words mean here, and the library names its keys. A given suggestion refers to its text, so who edits a
-- text edits it for all parents, and who removes one takes it from all.
--
-- A completed profile is due for suggestions when last_suggestion_check is long ago, or when it has changed since, which
-- changed_since_check says. A check isn't a change of the profile: updated_at doesn't follow it.
--
-- Embeddings are there only where the service has a model for them. Vectors of different models mean nothing to each other,
-- so each stands beside its model's name. The digest is of model and text, and so says what is out of date. A profile that changes
-- loses its embedding.
--
-- Locks: new types, functions and tables; access exclusive on parent_profiles for milliseconds, for three columns and two triggers.
-- The check of the model's name is validated by a later migration.
-- Rollback loses all suggestions, what parents said of them, and the library's own rows.

create type suggestion_category as enum (
  'sleep', 'food', 'routines', 'behaviour', 'emotions', 'play', 'learning', 'screens', 'connection', 'siblings',
  'self_care', 'support'
);

-- "Één ouder, 's nachts" is "een ouder s nachts".
create function plain_words(value text)
  returns text
  language sql
  immutable strict parallel safe
  return btrim(
    regexp_replace(
      regexp_replace(normalize(public.fold(value), nfkd), '[\u0300-\u036f]+', '', 'g'), '[^a-z0-9]+', ' ', 'g'
    )
  );

create table concerns (
  concern text not null,
  words_nl text[] not null,
  words_en text[] not null,
  is_sensitive boolean not null default false,
  constraint concerns_pkey primary key (concern),
  constraint concerns_concern_check check (length(concern) <= 50 and concern ~ '^[a-z]+(_[a-z]+)*$'),
  constraint concerns_words_nl_check check (
    is_text_list(words_nl, 100, 50) and cardinality(words_nl) > 0 and '' <> all(words_nl)
    and array_to_string(words_nl, ' ') = plain_words(array_to_string(words_nl, ' '))
  ),
  constraint concerns_words_en_check check (
    is_text_list(words_en, 100, 50) and cardinality(words_en) > 0 and '' <> all(words_en)
    and array_to_string(words_en, ' ') = plain_words(array_to_string(words_en, ' '))
  )
);

create table library_suggestions (
  slug text not null,
  category suggestion_category not null,
  title_nl text not null,
  title_en text not null,
  text_nl text not null,
  text_en text not null,
  min_age integer,
  max_age integer,
  concerns text[] not null default '{}',
  stress_levels stress_level[] not null default '{}',
  experience_levels experience_level[] not null default '{}',
  constraint library_suggestions_pkey primary key (slug),
  constraint library_suggestions_slug_check check (length(slug) <= 80 and slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
  constraint library_suggestions_title_nl_check check (length(title_nl) <= 100 and not is_blank(title_nl)),
  constraint library_suggestions_title_en_check check (length(title_en) <= 100 and not is_blank(title_en)),
  constraint library_suggestions_text_nl_check check (length(text_nl) <= 600 and not is_blank(text_nl)),
  constraint library_suggestions_text_en_check check (length(text_en) <= 600 and not is_blank(text_en)),
  constraint library_suggestions_min_age_check check (
    (min_age is null) = (max_age is null) and min_age >= 0 and max_age <= 18 and min_age <= max_age
  ),
  constraint library_suggestions_concerns_check check (is_text_list(concerns, 10, 50))
);

-- A foreign key can't refer to the items of a list.
create function refuse_unknown_concerns()
  returns trigger
  language plpgsql
  set search_path = public, pg_temp
as $$
declare
  unknown text;
begin
  select string_agg(name, ', ' order by name) into unknown
    from unnest(new.concerns) as name
   where name not in (select concern from concerns);
  if unknown is not null then
    raise exception using
      errcode = 'foreign_key_violation',
      message = format('%s: not in concerns: %s', new.slug, unknown),
      table = 'library_suggestions',
      column = 'concerns';
  end if;
  return null;
end;
$$;

create trigger library_suggestions_refuse_unknown_concerns
  after insert or update of concerns on library_suggestions
  for each row execute function refuse_unknown_concerns();

create table library_embeddings (
  slug text not null,
  model text not null,
  digest bytea not null,
  embedding halfvec(3072) not null,
  constraint library_embeddings_pkey primary key (slug),
  constraint library_embeddings_slug_fkey foreign key (slug) references library_suggestions (slug) on delete cascade,
  constraint library_embeddings_slug_check check (length(slug) <= 80),
  constraint library_embeddings_model_check check (length(model) between 1 and 200)
);

-- In the row itself: each batch compares all of them with each of its parents.
alter table library_embeddings alter column embedding set storage main;

create table suggestions (
  id bigint generated by default as identity,
  parent_profile_id bigint not null,
  slug text not null,
  relevance integer not null,
  used_at timestamptz,
  dismissed_at timestamptz,
  rating integer,
  feedback text,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  constraint suggestions_pkey primary key (parent_profile_id, id),
  constraint suggestions_parent_profile_id_fkey foreign key (parent_profile_id)
    references parent_profiles (id) on delete cascade,
  constraint suggestions_slug_fkey foreign key (slug) references library_suggestions (slug) on delete cascade,
  constraint suggestions_slug_check check (length(slug) <= 80),
  constraint suggestions_relevance_check check (relevance between 0 and 100),
  constraint suggestions_rating_check check (rating between 1 and 5),
  constraint suggestions_feedback_check check (length(feedback) <= 2000),
  constraint suggestions_expires_at_check check (is_json_moment(expires_at))
);

-- For the removal of a text from the library.
create index suggestions_slug_idx on suggestions (slug);
-- For the removal of what nobody needs any more.
create index suggestions_created_at_idx on suggestions (created_at);

alter table parent_profiles add column changed_since_check boolean not null default true;
alter table parent_profiles add column profile_embedding_model text;
alter table parent_profiles add column profile_embedding_digest bytea;
alter table parent_profiles
  add constraint parent_profiles_profile_embedding_model_check check (
    length(profile_embedding_model) between 1 and 200
  ) not valid;

-- What suggestions don't depend on, such as the name, is left out. The columns aren't in the trigger's own condition, as their types
-- could not be changed then.
create function mark_changed_since_check()
  returns trigger
  language plpgsql
as $$
begin
  if (
       new.completed_onboarding, new.stress_level, new.experience_level, new.primary_concerns, new.support_network, new.bio,
       new.onboarding_data
     ) is distinct from (
       old.completed_onboarding, old.stress_level, old.experience_level, old.primary_concerns, old.support_network, old.bio,
       old.onboarding_data
     )
  then
    new.changed_since_check := true;
    -- It's of what the profile said before.
    new.profile_embedding := null;
    new.profile_embedding_model := null;
    new.profile_embedding_digest := null;
  end if;
  return new;
end;
$$;

create trigger parent_profiles_mark_changed_since_check
  before update on parent_profiles
  for each row execute function mark_changed_since_check();

create or replace trigger parent_profiles_set_updated_at
  before update on parent_profiles
  for each row
  when (
    (new.last_suggestion_check, new.profile_embedding_digest)
    is not distinct from (old.last_suggestion_check, old.profile_embedding_digest)
  )
  execute function set_updated_at();

insert into schedules (name, due_at)
values ('suggestions', now());

comment on type suggestion_category is 'What a suggestion is about; no parent has more than a few of one at once.';
comment on function plain_words(text) is 'A text as its words without letter case, accents and punctuation, with one space between them.';
comment on function refuse_unknown_concerns() is 'Trigger function: refuses a text of the library whose concerns are not in the list.';
comment on function mark_changed_since_check() is 'Trigger function: a profile that changed is due for suggestions, and its embedding is gone.';
comment on table concerns is 'What parents worry about, and the words that say so: how the free texts of profiles are understood.';
comment on column concerns.concern is '[operational] Key, which the library names.';
comment on column concerns.words_nl is '[operational] Dutch words, or beginnings of words, in plain_words: a text that has one of them means this concern.';
comment on column concerns.words_en is '[operational] The same in English; both are looked for, whatever the parent''s language.';
comment on column concerns.is_sensitive is '[operational] Whether texts of this concern are only for parents who name it.';
comment on table library_suggestions is 'The texts that are suggested to parents, and whom each fits; edited in migrations or by hand.';
comment on column library_suggestions.slug is '[operational] Key.';
comment on column library_suggestions.category is '[operational] What it is about.';
comment on column library_suggestions.title_nl is '[operational] A few words for it, in Dutch.';
comment on column library_suggestions.title_en is '[operational] A few words for it, in English.';
comment on column library_suggestions.text_nl is '[operational] What the parent reads, in Dutch.';
comment on column library_suggestions.text_en is '[operational] What the parent reads, in English.';
comment on column library_suggestions.min_age is '[operational] For families with a child from this age; null, with max_age, where no child''s age matters.';
comment on column library_suggestions.max_age is '[operational] To this age, included.';
comment on column library_suggestions.concerns is '[operational] Keys of concerns that it helps with; empty: any.';
comment on column library_suggestions.stress_levels is '[operational] For parents with one of these; empty: all.';
comment on column library_suggestions.experience_levels is '[operational] For parents with one of these; empty: all.';
comment on table library_embeddings is 'Embeddings of the library''s texts, where the service has a model.';
comment on column library_embeddings.slug is '[operational] The text.';
comment on column library_embeddings.model is '[operational] Name of the model; only vectors of one model are compared.';
comment on column library_embeddings.digest is '[operational] SHA-256 of the model''s name and what was embedded.';
comment on column library_embeddings.embedding is '[operational] The vector, padded with zeros.';
comment on table suggestions is 'Suggestions that were given to a parent, kept for 90 days: for that long none is given again.';
comment on column suggestions.id is '[operational] Key, with parent_profile_id before it.';
comment on column suggestions.parent_profile_id is '[operational] The family it was given to.';
comment on column suggestions.slug is '[health-related] Which text of the library it is.';
comment on column suggestions.relevance is '[health-related] How well it fitted, 0 to 100.';
comment on column suggestions.used_at is '[personal] When the parent used it.';
comment on column suggestions.dismissed_at is '[personal] When the parent put it away.';
comment on column suggestions.rating is '[personal] What the parent thought of it, 1 to 5.';
comment on column suggestions.feedback is '[health-related] What the parent said of it.';
comment on column suggestions.expires_at is '[operational] Until when it is shown, if it is neither used nor put away.';
comment on column suggestions.created_at is '[operational] When it was given; 90 days later it is removed.';
comment on column parent_profiles.changed_since_check is '[operational] Whether the profile changed since last_suggestion_check, or was never checked.';
comment on column parent_profiles.profile_embedding_model is '[operational] Name of the model of profile_embedding; null where that isn''t known.';
comment on column parent_profiles.profile_embedding_digest is '[health-related] SHA-256 of the model''s name and what was embedded.';
