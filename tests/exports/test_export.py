"""The export of an account: all that is known of it, as one document, for its owner."""

import hashlib
import json
import re
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any, Final

import msgspec

from api.auth.throttling import mailbox_subjects
from api.database.aliases import Connection
from api.exports.left_out import LEFT_OUT
from api.exports.schemas import Export
from tests.accounts import Accounts, Parent
from tests.statements import run, taken_back

PATH: Final = "/api/users/me/export"
# Something in every column that says something of the account or its family, and nothing twice.
FILLED: Final = """
update users set profile_picture = '/uploads/' || md5('{mark}') || '.webp', email_confirmed_at = now()
 where id = {user};
update sessions set user_agent = '{mark} agent' where user_id = {user};
insert into sessions (user_id, token_digest, expires_at) values ({user}, sha256('{mark}'), '2027-01-01');
insert into consents (user_id, purpose, version, agreed_at, withdrawn_at)
values ({user}, 'terms', 1, '2026-01-02', '2026-01-03'), ({user}, 'privacy', 1, '2026-01-01', '2026-01-04');
insert into devices (user_id, device_digest, expires_at)
values ({user}, sha256('{mark}'), '2027-01-02'), ({user}, sha256('{mark} 2'), '2027-01-01');
update parent_profiles
   set name = '{mark} name', email = '{mark}@profile', stress_level = 'very_high', experience_level = 'experienced',
       primary_concerns = '{{{mark} concern}}', support_network = '{{{mark} network}}', bio = '{mark} bio',
       preferred_language = 'en-GB', communication_preference = '{mark} preference',
       onboarding_data = '{{"basicInfo": {{"parentType": "{mark} type"}}, "goals": {{}}}}'
 where id = {family};
update parent_profiles
   set profile_embedding_model = 'model', profile_embedding_digest = sha256('{mark} profile'),
       profile_embedding = array_fill(0.5, array[3072])::vector::halfvec
 where id = {family};
insert into child_profiles
  (parent_profile_id, name, age, special_needs, routines, development_notes, last_assessment)
select {family}, concat('{mark} child ', number), 17, '{{{mark} need}}', '{{"{mark}": [100000000000000000001, null]}}',
       '{mark} notes', '2026-02-03'
  from generate_series(1, 12) as number;
insert into parenting_goals
  (parent_profile_id, title, description, category, priority, status, target_date, achieved_date)
select {family}, concat('{mark} goal ', number), '{mark} description', '{mark} category', 77, 'achieved', '2026-03-04',
       '2026-03-05'
  from generate_series(1, 101) as number;
insert into onboarding_merge_bases (parent_profile_id, reading, revision)
values ({family}, md5('{mark}'), '{mark} revision');
insert into onboarding_merge_bases (parent_profile_id, reading, revision, saved_at)
values ({family}, repeat('e', 32), '{mark} earlier', '2026-02-01'),
       ({family}, repeat('f', 32), '{mark} third', '2026-01-31'),
       ({family}, repeat('a', 32), '{mark} fourth', '2026-02-01');
insert into suggestions (parent_profile_id, slug, relevance, used_at, dismissed_at, rating, feedback, expires_at)
select {family}, slug, 66, '2026-04-05', '2026-04-06', 4, '{mark} feedback', '2026-05-06'
  from library_suggestions order by slug limit 3;
insert into email_confirmations (user_id, email, expires_at) values ({user}, '{mark}@new', '2027-03-04');
insert into password_resets (user_id, token_digest, expires_at)
values ({user}, sha256('{mark}'), '2027-04-05'),
       ({user}, sha256('{mark} 2'), '2027-04-04');
insert into totp_factors (user_id, sealed_secret, confirmed_at, expires_at)
values ({user}, sha256('{mark}'), '2026-06-07', null);
insert into recovery_codes (user_id, code_digest) values ({user}, sha256('{mark}'));
insert into passkeys (user_id, credential_id, public_key, sign_count, name)
values ({user}, sha256('{mark}'), sha256('{mark}'), 5, '{mark} key'),
       ({user}, sha256('{mark} 2'), sha256('{mark}'), 6, '{mark} other key');
insert into passkey_registrations (user_id, challenge_digest, expires_at)
values ({user}, sha256('{mark}'), '2027-05-06');
insert into mails (user_id, kind, recipient, language, parameters, due_at)
values ({user}, 'notice', '{mark}@mail', 'en', '{{"what": "{mark} parameter"}}', '2027-06-07'),
       ({user}, 'notice', '{mark}@mail', 'en', '{{}}', '2027-06-06');
insert into former_passwords (user_id, old_password) values ({user}, repeat(md5('{mark}'), 4) || '.' || md5('{mark}'));
insert into pictures (name, user_id, removable_at)
values (md5('{mark}') || '.webp', {user}, null),
       (repeat('f', 15) || left(md5('{mark}'), 17) || '.webp', {user}, '2027-07-07'),
       (repeat('0', 15) || left(md5('{mark}'), 17) || '.webp', {user}, '2027-07-08');
insert into audit_events (actor_kind, actor, event, user_id, details, network)
values ('staff', '{mark} staff', 'account_read', {user}, '{{"sessions": 3}}', '198.51.100.0/24');
insert into rate_limits (subject, drained_at) values
  ('device:{user}:ff', '2027-07-08'), ('email-links:{user}', '2027-07-08'), ('old-password:{user}', '2027-07-08'),
  ('consents:{user}', '2027-07-08'), ('code:{user}', '2027-07-08'), ('code:{user}:ff', '2027-07-08'),
  -- Of another account.
  ('code:{user}y:ff', '2027-07-08'),
  ('account:' || encode(sha256('{username}'), 'hex'), '2027-07-08'),
  ('account:' || encode(sha256('{username}'), 'hex') || '@192.0.2.1', '2027-07-08');
"""
# Members of the document by the table that their rows are of, and whose rows these are.
MEMBERS: Final = {
    "users": ("account", "id = $1"),
    "sessions": ("sessions", "user_id = $1"),
    "email_confirmations": ("emailConfirmation", "user_id = $1"),
    "passkeys": ("passkeys", "user_id = $1"),
    "mails": ("mails", "user_id = $1"),
    "pictures": ("pictures", "user_id = $1"),
    "consents": ("consents", "user_id = $1"),
    "rate_limits": ("rateLimits", "subject ~ concat(':', $1::bigint, '(:|$)') or subject ~ {digest}"),
    "parent_profiles": ("parentProfile", "user_id = $1"),
    "onboarding_merge_bases": ("onboardingMergeBases", "{family}"),
    "child_profiles": ("childProfiles", "{family}"),
    "parenting_goals": ("parentingGoals", "{family}"),
    "suggestions": ("suggestions", "{family}"),
    "audit_events": ("auditEvents", "user_id = $1"),
}
FAMILY: Final = "parent_profile_id in (select id from parent_profiles where user_id = $1)"
DIGEST: Final = "(select encode(sha256(convert_to(username, 'UTF8')), 'hex') from users where id = $1)"
# What the rows of lists are in the order of.
ORDER: Final = {
    **dict.fromkeys(["sessions", "passkeys", "mails", "consents"], ("id",)),
    **dict.fromkeys(["devices", "passwordResets"], ("expiresAt",)),
    **dict.fromkeys(["childProfiles", "parentingGoals", "suggestions"], ("id",)),
    "pictures": ("name",),
    "rateLimits": ("subject",),
    "onboardingMergeBases": ("savedAt", "reading"),
    "auditEvents": ("happenedAt", "id"),
}
# Columns that can't be compared.
NOT_COMPARED: Final = {
    "audit_events.user_id": "the document is of one account, whose id it says",
    "pictures.user_id": "the same",
    "users.banned_at": "who is banned has no session",
    "users.ban_reason": "the same",
}
# Of what holds something about somebody; `just check` tells of each column whether it's given or left out.
ABOUT_SOMEBODY: Final = r"""
select relname, attname
  from pg_attribute
  join pg_class on pg_class.oid = attrelid and relkind in ('r', 'p') and relnamespace = 'public'::regnamespace
  join pg_description on objoid = attrelid and objsubid = attnum
 where description ~ '^\[(personal|health-related)\]'
"""


async def filled(accounts: Accounts, database: Connection) -> tuple[Parent, str]:
    """A family that has something everywhere, and what is part of it all."""
    parent, mark = await accounts.parent(), f"merk{token_hex(6)}"
    names = {"mark": mark, "user": parent.user_id, "family": parent.parent_profile_id, "username": parent.username}
    await database.execute(FILLED.format(**names))
    return parent, mark


def camel(name: str) -> str:
    return re.sub(r"_([a-z])", lambda found: found[1].upper(), name)


async def stored(database: Connection, user_id: int, table: str, column: str) -> set[str]:
    """Values of a column in the account's rows."""
    where = MEMBERS[table][1].format(family=FAMILY, digest=DIGEST)
    rows = await database.fetch(f"select to_jsonb(one) ->> '{column}' from {table} as one where {where}", user_id)
    return {row[0].removeprefix(r"\x").replace(" ", "") for row in rows if row[0] is not None}


def given(document: dict[str, Any], table: str, column: str) -> set[str]:
    """Values of a column in a document."""
    rows = document[MEMBERS[table][0]]
    values = [row[camel(column)] for row in (rows if isinstance(rows, list) else [rows])]
    texts = [each if isinstance(each, str) else json.dumps(each) for each in values if each is not None]
    return {text.replace(" ", "") for text in texts}


async def test_what_is_given_of_each_column_is_what_is_stored(accounts: Accounts, database: Connection) -> None:
    parent, mark = await filled(accounts, database)
    answer = await parent.client.get(PATH)
    assert answer.status_code == 200, answer.text
    document = answer.json()
    assert document["leftOut"] == LEFT_OUT
    columns = {f"{table}.{column}" for table, column in await database.fetch(ABOUT_SOMEBODY)}
    assert len(columns) > 45
    for where in columns - LEFT_OUT.keys() - NOT_COMPARED.keys():
        table, column = where.split(".")
        assert table in MEMBERS, f"{where}: say in MEMBERS where the document has it"
        values = await stored(database, parent.user_id, table, column)
        assert values, f"{where}: have FILLED put something there"
        assert given(document, table, column) == values, where
    hashed = hashlib.md5(mark.encode(), usedforsecurity=False).hexdigest()
    digest = hashlib.sha256(mark.encode()).hexdigest()
    for credential in (f"{hashed}.{hashed}", digest, f"{mark} staff", "argon2id"):
        assert credential not in answer.text


async def test_the_document_is_as_documented(accounts: Accounts, database: Connection) -> None:
    parent, _ = await filled(accounts, database)
    answer = await parent.client.get(PATH)
    export = msgspec.json.decode(answer.content, type=Export)
    assert [len(export.child_profiles), len(export.parenting_goals), len(export.suggestions)] == [12, 101, 3]
    assert [goal.title.rpartition(" ")[2] for goal in export.parenting_goals] == [str(n) for n in range(1, 102)]
    assert export.audit_events[-1].event == "exported"
    # No number is changed on its way.
    assert b": [100000000000000000001, null]" in answer.content
    assert plain(export) == plain(answer.json())
    for name, keys in ORDER.items():
        values = [tuple(row[key] for key in keys) for row in answer.json()[name]]
        assert len(values) > 1, name
        assert values == sorted(values), name
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "application/json"
    assert re.fullmatch(r'attachment; filename="nestwerk-[0-9-]{10}\.json"', answer.headers["content-disposition"])


def plain(value: Any) -> Any:
    """Names and shapes of a document, without its values."""
    if isinstance(value, msgspec.Struct):
        return plain(msgspec.json.decode(msgspec.json.encode(value)))
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, list) else None


async def test_of_nobody_else(accounts: Accounts, database: Connection) -> None:
    (parent, mark), (other, others) = await filled(accounts, database), await filled(accounts, database)
    text = (await parent.client.get(PATH)).text
    assert mark in text
    assert others not in text
    assert other.username not in text


async def test_of_an_address_that_may_be_anothers_nothing(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()
    subjects = mailbox_subjects(f"{parent.username}@example.org")
    await database.execute("insert into rate_limits select unnest($1::text[]), now() + interval '1 hour'", subjects)
    for confirmed, expected in ((None, set()), (datetime.now(UTC), {*subjects})):
        await database.execute("update users set email_confirmed_at = $2 where id = $1", parent.user_id, confirmed)
        limits = (await parent.client.get(PATH)).json()["rateLimits"]
        assert {limit["subject"] for limit in limits} - {f"exports:{parent.user_id}"} == expected


async def test_an_account_without_a_profile(accounts: Accounts) -> None:
    parent = await accounts.parent(profile=False)
    export = msgspec.json.decode((await parent.client.get(PATH)).content, type=Export)
    assert export.account.username == parent.username
    assert export.parent_profile is None
    assert [export.child_profiles, export.parenting_goals, export.suggestions] == [[], [], []]


EVENT: Final = """
insert into audit_events (actor_kind, event, user_id, happened_at)
values ('user', $1, $2, now() + $3 * interval '1 minute')
"""


async def test_pages_of_events(accounts: Accounts, database: Connection) -> None:
    """Of one moment or none after another, up to the export's own."""
    parent = await accounts.parent()
    async with taken_back(database):
        for letter, minute in zip("abcde", (3, 1, 1, 1, 2), strict=True):
            await database.execute(EVENT, f"tested_{letter}", parent.user_id, minute)
        [(until,)] = await run(database, "begin_export", user_id=parent.user_id, network=None)
        await database.execute(EVENT, "tested_later", parent.user_id, 4)
        after, moment = 0, datetime.min.replace(tzinfo=UTC)
        values = {"user_id": parent.user_id, "until": until, "count": 2}
        for page in (["exported", "tested_b"], ["tested_c", "tested_d"], ["tested_e", "tested_a"]):
            [(last, last_moment, items)] = await run(
                database, "export_events", after_happened_at=moment, after=after, **values
            )
            assert [item["event"] for item in json.loads(items)] == page
            assert last == json.loads(items)[-1]["id"]
            after, moment = last, last_moment
        behind = await run(database, "export_events", after_happened_at=moment, after=after, **values)
        assert behind == [(None, None, None)]
