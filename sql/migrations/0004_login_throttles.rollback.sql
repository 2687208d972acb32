-- Takes back 0004_login_throttles. Loses the counts: whoever was held back may try again.

drop table login_throttles;
