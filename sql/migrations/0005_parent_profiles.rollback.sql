-- Takes back 0005_parent_profiles. Loses every profile, its onboarding document and its embedding.

drop table parent_profiles;
drop type experience_level;
drop type stress_level;
