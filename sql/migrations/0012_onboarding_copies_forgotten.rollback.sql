-- Takes back 0012_onboarding_copies_forgotten: nothing is done. Loses nothing more, for the copies can't be had back.

select;
