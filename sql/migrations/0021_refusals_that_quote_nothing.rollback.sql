-- Takes back 0021_refusals_that_quote_nothing. Nothing is lost.
drop trigger child_profiles_refuse_large_routines on child_profiles;
