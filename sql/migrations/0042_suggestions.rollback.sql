-- Takes back 0042_suggestions. Loses all suggestions, what parents said of them, and the library's rows; embeddings of profiles stay.

delete from schedules
 where name = 'suggestions';
create or replace trigger parent_profiles_set_updated_at
  before update on parent_profiles
  for each row execute function set_updated_at();
drop trigger parent_profiles_mark_changed_since_check on parent_profiles;
drop function mark_changed_since_check();
alter table parent_profiles drop column profile_embedding_digest;
alter table parent_profiles drop column profile_embedding_model;
alter table parent_profiles drop column changed_since_check;
drop table suggestions;
drop table library_embeddings;
drop table library_suggestions;
drop function refuse_unknown_concerns();
drop table concerns;
drop function plain_words(text);
drop type suggestion_category;
