-- Takes back 0006_child_profiles. Loses every child profile.

drop table child_profiles;
