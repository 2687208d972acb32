-- Takes back 0037_second_factors. Loses all factors: every account logs in with its password alone.

drop table passkey_logins;
drop table passkey_registrations;
drop table passkeys;
drop table recovery_codes;
drop table totp_factors;
drop function renew_second_factor();
alter table users drop column second_factor_at;
