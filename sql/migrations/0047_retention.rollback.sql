-- Takes back 0047_retention. Nothing is lost.

alter table audit_events
  drop constraint audit_events_network_check,
  add constraint audit_events_network_check check (length(network) between 1 and 50) not valid;

comment on table audit_events is
  'What was done to accounts and by whom; only added to, and removed after a year.';
comment on table child_profiles is
  'Children of a family: rows of a parent profile.';
comment on table concerns is
  'What parents worry about, and the words that say so: how the free texts of profiles are understood.';
comment on table devices is
  'Browsers and apps that have logged in to an account since its password was last changed; they are no logins.';
comment on table email_confirmations is
  'Addresses that accounts are to confirm, one an account; removed when that is done, or after three days.';
comment on table family_sizes is
  'How many rows a family has in a table with a limit, kept by its triggers.';
comment on table former_passwords is
  'Accounts of the system before: the hash to go back with, once a login has replaced it.';
comment on table library_embeddings is
  'Embeddings of the library''s texts, where the service has a model.';
comment on table library_suggestions is
  'The texts that are suggested to parents, and whom each fits; edited in migrations or by hand.';
comment on table mails is
  'Mails to send: one row each, removed when it is sent, or after two days.';
comment on table onboarding_merge_bases is
  'What tabs that save their onboarding document again and again have last posted, as salted digests; a week, and 20 of a family.';
comment on table parent_profiles is
  'What the app knows of a parent: at most one row for each user.';
comment on table parenting_goals is
  'Goals that a family has set itself: rows of a parent profile.';
comment on table passkey_logins is
  'Challenges for those who log in with a passkey, whoever that is: for five minutes, and once.';
comment on table passkey_registrations is
  'Who is adding a passkey, and the challenge that it is to sign: for five minutes, and once.';
comment on table passkeys is
  'Passkeys: public keys of devices or password managers that log an account in.';
comment on table password_resets is
  'Links that set a new password, for an hour; the first that is used ends the others of its account.';
comment on table pictures is
  'Files of profile pictures, which the service removes from removable_at on.';
comment on table rate_limits is
  'Limits of attempts that are not empty; a row is removed once it has drained.';
comment on table recovery_codes is
  'Codes, each good for one login in place of another factor; a used one is removed.';
comment on table schedules is
  'Work that the service does now and then, one worker at a time.';
comment on table sessions is
  'Logins that last: one row for each browser or API client that is logged in.';
comment on table suggestions is
  'Suggestions that were given to a parent, kept for 90 days: for that long none is given again.';
comment on table totp_factors is
  'Authenticator apps: the secret that an account shares with one, from its set-up on.';
comment on table users is
  'Accounts: one row for each person who can log in.';
