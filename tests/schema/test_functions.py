"""Functions that statements, constraints and indexes share, called with values of each kind."""

import json

import pytest

from api.database.aliases import Connection
from tests.schema.families import new_account
from tests.statements import taken_back, without_triggers

MERGED: list[tuple[object, object, object]] = [
    ({"a": 1, "b": 2}, {"b": 3}, {"a": 1, "b": 3}),
    ({"a": 1, "b": 2}, {"b": None, "c": None}, {"a": 1}),
    ({"a": {"b": 1, "c": 2}}, {"a": {"b": None, "d": {"e": None}}}, {"a": {"c": 2, "d": {}}}),
    ({"a": {"b": 1}}, {"a": [None]}, {"a": [None]}),
    ({"a": 1}, {"a": {"b": None, "c": 1}}, {"a": {"c": 1}}),
    ({"a": 1}, {}, {"a": 1}),
    # What is no object takes the place of anything, and is replaced by anything.
    ({"a": 1}, 5, 5),
    ({"a": 1}, [1], [1]),
    ({"a": 1}, None, None),
    (5, {"a": None, "b": 1}, {"b": 1}),
    ([1], {"a": {"b": 1}}, {"a": {"b": 1}}),
]


@pytest.mark.parametrize(("target", "patch", "merged"), MERGED)
async def test_merge_patch(database: Connection, target: object, patch: object, merged: object) -> None:
    found = await database.fetchval("select merge_patch($1, $2)", json.dumps(target), json.dumps(patch))
    assert json.loads(found) == merged


async def test_merge_patch_of_nothing(database: Connection) -> None:
    assert await database.fetchval("""select merge_patch('{"a": 1}', null)""") is None
    assert await database.fetchval("""select merge_patch(null, '{"a": null, "b": 1}')""") == '{"b": 1}'
    assert await database.fetchval("""select merge_patch(null, '{"b": 1}')""") == '{"b": 1}'


async def test_username_key(database: Connection) -> None:
    keys = {
        "Noor": "noor",
        "  No \t or\x1c\u3000x ": "no or x",
        "ÉMILIE": "émilie",
        "E\u0301milie": "émilie",
        "\uff4e\uff4f\uff4f\uff52": "noor",
        "Straße": "strasse",
        # Invisible characters, first and last of their ranges.
        "n\x01o\x08o\x0er\x1b": "noor",
        "n\x7fo\x84o\x86r\x9f": "noor",
        "n\u00ado\u200bo\u200fr\ufeff": "noor",
        "n\u202ao\u202eo\u2060r\u206f": "noor",
        "n\ufe00o\ufe0fo\U000e0000r\U000e0fff": "noor",
        "\u200b": "",
    }
    for value, key in keys.items():
        assert await database.fetchval("select username_key($1)", value) == key, ascii(value)


async def test_email_key(database: Connection) -> None:
    assert await database.fetchval("select email_key('Noor.É@Example.ORG')") == "noor.É@example.org"


async def test_is_blank(database: Connection) -> None:
    blank = ["", " ", "\t\n", "\x1c\x1f", "\u00a0\u3000\u2003"]
    for value in blank:
        assert await database.fetchval("select is_blank($1)", value), ascii(value)
    for value in ("x", " x ", "\u200b", "\x1b"):
        assert not await database.fetchval("select is_blank($1)", value), ascii(value)


async def test_is_json_moment(database: Connection) -> None:
    moments = {
        "0001-01-01 00:00:00Z": True,
        "0001-12-31 23:59:59Z BC": False,
        "9999-12-31 23:59:59.999999Z": True,
        "10000-01-01 00:00:00Z": False,
        # UTC counts, whatever the zone in which it was said.
        "9999-12-31 23:30:00-01": False,
        "infinity": False,
        "-infinity": False,
    }
    for moment, is_one in moments.items():
        assert await database.fetchval("select is_json_moment($1::text::timestamptz)", moment) is is_one, moment


async def test_is_text_list(database: Connection) -> None:
    for items, is_list in (
        ([], True),
        (["ab", "cd"], True),
        (["a", "b", "c"], False),
        (["abc"], False),
        ([None], False),
        (["a", None], False),
        ([["a"], ["b"]], False),
    ):
        assert await database.fetchval("select is_text_list($1::text[], 2, 2)", items) is is_list, items


async def test_plain_words(database: Connection) -> None:
    for value, words in (("Ça va, Zoë?", "ca va zoe"), ("  A--B\t9 ", "a b 9"), ("100x0z", "100x0z"), ("¿?", "")):
        assert await database.fetchval("select plain_words($1)", value) == words


async def test_current_version_and_needs_consent(database: Connection) -> None:
    """The latest text that is in force is asked about; current_version tells which that is, needs_consent whether."""
    add = (
        "insert into consent_texts (purpose, version, in_force_at, title_nl, title_en, text_nl, text_en)"
        " values ($1, $2, now() + $3::text::interval, 't', 't', 't', 't')"
    )
    answer = "insert into consents (user_id, purpose, version, agreed_at) values ($1, $2, $3, now())"
    async with taken_back(database):
        account, other = await new_account(database), await new_account(database)
        # Answers that tests before left refer to texts, and are never removed otherwise.
        async with without_triggers(database):
            await database.execute("delete from consents")
            await database.execute("delete from consent_texts")
        await database.execute(add, "one", 1, "-1 day")
        await database.execute(add, "one", 2, "0")
        await database.execute(add, "one", 3, "1 second")
        await database.execute(add, "two", 9, "1 day")
        versions = [
            await database.fetchval("select current_version($1)", purpose) for purpose in ("one", "two", "three")
        ]
        assert versions == [2, None, None]
        await database.execute(answer, account, "one", 1)
        await database.execute(answer, other, "one", 2)
        needs = "select needs_consent($1)"
        assert (await database.fetchval(needs, account), await database.fetchval(needs, other)) == (True, False)
        await database.execute(add, "two", 2, "-1 day")
        assert await database.fetchval(needs, other)
