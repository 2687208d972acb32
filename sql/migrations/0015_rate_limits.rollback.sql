-- Takes back 0015_rate_limits. Loses the counts, so whoever was held back may try again, and which devices are known.

drop table devices;
drop table rate_limits;
