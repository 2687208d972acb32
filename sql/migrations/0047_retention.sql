-- Has the comment of each table end with how long its rows are kept, in one form, which `just check` reads: `Kept until the account is
-- erased.` where they go with it, `Kept for good.` where they are about nobody, and else `Kept …; STATEMENT.`, with the statement
-- that removes what is past its time. Rows of an account go with it in any case. And holds the rows there are against the
-- check of 0046: none can break it, as the column was added with it, and is null.
--
-- Locks: share update exclusive on each table, one scan of audit_events: reads and writes go on.
-- Rollback loses nothing.

alter table audit_events validate constraint audit_events_network_check;

comment on table audit_events is
  'What was done to accounts and by whom; only added to. Kept a year, also when the account is erased; remove_old_events.';
comment on table child_profiles is
  'Children of a family: rows of a parent profile. Kept until the account is erased.';
comment on table concerns is
  'What parents worry about, and the words that say so: how the free texts of profiles are understood. Kept for good.';
comment on table devices is
  'Browsers and apps that have logged in to an account since its password was last changed; they are no logins. Kept a year after their last login; remove_expired_devices.';
comment on table email_confirmations is
  'Addresses that accounts are to confirm, one an account, until that is done. Kept three days; remove_expired_confirmations.';
comment on table family_sizes is
  'How many rows a family has in a table with a limit, kept by its triggers. Kept until the account is erased.';
comment on table former_passwords is
  'Accounts of the system before: the hash to go back with, once a login has replaced it; `just adopt --finish` removes it. Kept until the account is erased.';
comment on table library_embeddings is
  'Embeddings of the library''s texts, where the service has a model. Kept for good.';
comment on table library_suggestions is
  'The texts that are suggested to parents, and whom each fits; edited in migrations or by hand. Kept for good.';
comment on table mails is
  'Mails to send: one row each, removed when it is sent. Kept two days; remove_unsent_mails.';
comment on table onboarding_merge_bases is
  'What tabs that save their onboarding document again and again have last posted, as salted digests; 20 of a family. Kept a week; remove_old_merge_bases.';
comment on table parent_profiles is
  'What the app knows of a parent: at most one row for each user. Kept until the account is erased.';
comment on table parenting_goals is
  'Goals that a family has set itself: rows of a parent profile. Kept until the account is erased.';
comment on table passkey_logins is
  'Challenges for those who log in with a passkey, whoever that is; each counts once. Kept five minutes; remove_begun_logins.';
comment on table passkey_registrations is
  'Who is adding a passkey, and the challenge that it is to sign, which counts once. Kept five minutes; remove_begun_passkeys.';
comment on table passkeys is
  'Passkeys: public keys of devices or password managers that log an account in. Kept until the account is erased.';
comment on table password_resets is
  'Links that set a new password; the first that is used ends the others of its account. Kept an hour; remove_expired_resets.';
comment on table pictures is
  'Files of profile pictures. Kept until their account shows them no more, or is erased; forget_pictures.';
comment on table rate_limits is
  'Limits of attempts that are not empty. Kept until they have drained, in ten hours at most; remove_drained_limits.';
comment on table recovery_codes is
  'Codes, each good for one login in place of another factor; a used one is removed. Kept until the account is erased.';
comment on table schedules is
  'Work that the service does now and then, one worker at a time. Kept for good.';
comment on table sessions is
  'Logins that last: one row for each browser or API client that is logged in. Kept a day after their last use, or 30 days if so asked; remove_expired_sessions.';
comment on table suggestions is
  'Suggestions that were given to a parent: for as long as they are kept, none is given again. Kept 90 days; remove_old_suggestions.';
comment on table totp_factors is
  'Authenticator apps: the secret that an account shares with one, from its set-up on. Kept an hour if never confirmed, else until the account is erased; remove_begun_apps.';
comment on table users is
  'Accounts: one row for each person who can log in. Kept until the account is erased.';
