-- Takes back 0019_family_limits. Nothing is lost.

drop trigger child_profiles_limit on child_profiles;
drop trigger parenting_goals_limit on parenting_goals;
drop function limit_child_profiles();
drop function limit_parenting_goals();
