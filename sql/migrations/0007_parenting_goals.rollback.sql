-- Takes back 0007_parenting_goals. Loses every goal.

drop table parenting_goals;
