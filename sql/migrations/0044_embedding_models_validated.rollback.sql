-- Takes back 0044_embedding_models_validated. Nothing is lost: the check holds for rows that are written.

alter table parent_profiles
  drop constraint parent_profiles_profile_embedding_model_check,
  add constraint parent_profiles_profile_embedding_model_check check (
    length(profile_embedding_model) between 1 and 200
  ) not valid;
