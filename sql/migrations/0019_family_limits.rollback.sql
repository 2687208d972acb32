-- Takes back 0019_family_limits. Nothing is lost.

drop trigger child_profiles_limit on child_profiles;
drop trigger child_profiles_size on child_profiles;
drop trigger parenting_goals_limit on parenting_goals;
drop trigger parenting_goals_size on parenting_goals;
drop function keep_family_size();
drop table family_sizes;
