-- Who may try passwords and make accounts, and how often: limits that drain by themselves, and devices that are known.
--
-- Locks: two new tables; a foreign key takes a share row exclusive lock on users for milliseconds. login_throttles stays for
-- the release that still serves, and is dropped by a later one.
-- Rollback loses the counts, so whoever was held back may try again, and which devices are known.
--
-- The design
--
-- An attempt to log in fills some limits before the password is checked, and one that is full refuses it (429, with the
-- seconds to wait). A refused attempt fills none. Limits drain evenly (a leaky bucket, kept as the moment at which it's
-- empty), so failures of a day never add up, and no wait grows. A right password takes out again what the account's
-- attempts from this network had put in: attempts under way, typing errors and right logins leave nothing, and nobody
-- earns guesses at others with an account of their own. A worker looks at one attempt of a network at a time, so those that come
-- at once don't fill a limit before the first is known to be right.
--
-- A device that has logged in to an account holds a token for it (a "device cookie", as OWASP calls it) and is counted
-- alone, so that nothing that others do keeps its owner out. What other devices do fills four limits:
--
--   limit        of                                     failures it holds   drains an hour
--   device       a known device, for its account                       10               10
--   pair         an account, from one network                          10                4
--   account      an account, from all networks                         60               20
--   network      an IPv4 address, or an IPv6 /56                       50               20
--   wide         an IPv4 /24, or an IPv6 /48                          200               80
--   old password an account whose owner changes it                     10               10
--
-- A household has a /56 or /48 of IPv6, so a /64 is no limit of its own: the 256 of a /56 are one network.
-- Failures of unknown devices are also counted for the whole service: while there are more than 200 in excess of 200 an
-- hour, each of them fills network and wide as five do, and the log says so. This one refuses nobody.
--
-- What an attacker gains, in guesses, and what owners lose meanwhile:
--
--   one account, from one network: 10 at once, then 4 an hour: 106 on the first day. Owners lose nothing elsewhere; in the same
--     network an unknown device waits for at most a quarter of an hour for each attempt.
--   one account, from many networks: 60 at once, then 20 an hour: 540 on the first day, and it takes six networks for more than
--     20 an hour. While that goes on, and three minutes longer, no unknown device logs in to this account; those
--     that are known do.
--   many accounts, from one network: 50 at once, then 20 an hour: 530 on the first day, with four times as much from a whole /24
--     or /48. Unknown devices of the same network wait for up to three minutes.
--   many accounts, from M networks: 50 M at once, then 4 M an hour, for the alarm is on from the 200th on; then a network has
--     10 at once. So 200 accounts with one guess each, from wherever, are noticed, and the next ones cost more.
--   a NAT of 10,000 parents: of their typing errors those count that no right login follows, some 3 an hour: far from 20, and
--     in an alarm short of 4, so that an unknown device waits for a quarter of an hour at times. Guesses from within shut out
--     unknown devices only.
--   a stolen device token: 10 at once, then 10 an hour, at its one account, from anywhere; it ends with a change of the password.
--
-- Registrations fill two limits, checked before a password is hashed and never taken out: 200 at once and 20 an hour for a
-- network (a school's evening), four times as many for the wide one.
--
-- Decided against: a limit for an account that counts known devices too, or locks it, which is how one keeps somebody else out;
-- waits that double, which punish the owner last; remembering the networks that parents log in from, as nobody needs to
-- know; signed device tokens that aren't stored, which need a key on every worker and can't be taken back.

create table rate_limits (
  subject text not null,
  drained_at timestamptz not null,
  constraint rate_limits_pkey primary key (subject),
  constraint rate_limits_subject_check check (length(subject) between 1 and 200)
);

-- For the removal of what has drained.
create index rate_limits_drained_at_idx on rate_limits (drained_at);

comment on table rate_limits is 'Limits of attempts that are not empty; a row is removed once it has drained.';
comment on column rate_limits.subject is '[personal] What is limited: accounts as digests of their username, networks as addresses.';
comment on column rate_limits.drained_at is '[operational] When it will be empty; how far off that is says how full it is.';

create table devices (
  user_id bigint not null,
  device_digest bytea not null,
  expires_at timestamptz not null,
  constraint devices_pkey primary key (user_id, device_digest),
  constraint devices_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
  constraint devices_device_digest_check check (length(device_digest) = 32)
);

-- For the removal of what has expired.
create index devices_expires_at_idx on devices (expires_at);

comment on table devices is 'Browsers and apps that have logged in to an account since its password was last changed; they are no logins.';
comment on column devices.user_id is '[operational] Whose account it is known to.';
comment on column devices.device_digest is '[secret] SHA-256 of the token that the device shows when it logs in; the token itself is nowhere.';
comment on column devices.expires_at is '[operational] From when it is unknown again: a year after its last login.';
