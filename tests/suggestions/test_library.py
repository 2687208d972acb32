"""The library of suggestions: what can be held of its rows without reading them, and that it can be taken back."""

import re

import asyncpg
import pytest

from api.database.aliases import Connection
from api.paths import MIGRATIONS

LANGUAGES = ("nl", "en")
# Letters of both languages, figures and punctuation; quotation marks and apostrophes are typographic.
OPENING, CLOSING = "\N{LEFT SINGLE QUOTATION MARK}", "\N{RIGHT SINGLE QUOTATION MARK}"
OTHERS = re.compile(rf"[^a-zà-ÿ0-9 .,:;?!{OPENING}{CLOSING}…-]", re.IGNORECASE)
SENTENCES = re.compile(rf"[{OPENING}{CLOSING}A-Z](\S| (?! ))*[.?!{CLOSING}]")
ADVICE = re.compile(
    r"\b(dos(e|is|age|er)|mg\b|ml\b|diagnos|therap|medicijn|medicatie|medicine|medication|pil(l|len|ls)?\b|sympto+m"
    r"|behandel|treat(ment|ing)|stoornis|disorder|advocaat|rechter\b|lawyer|solicitor)",
    re.IGNORECASE,
)
# Near a child under two.
UNSAFE = re.compile(
    r"\b(hoofdkussen|pillow|deken|dekbed|blanket|duvet|honing|honey|noten|nuts\b|druiven|grapes|ballon|balloon|ketting"
    r"|necklace|koord|cord\b)",
    re.IGNORECASE,
)


@pytest.fixture
async def texts(database: Connection) -> list[asyncpg.Record]:
    return await database.fetch("select * from library_suggestions order by slug")


async def test_there_are_enough_and_none_is_there_twice(texts: list[asyncpg.Record]) -> None:
    assert len(texts) >= 120
    for column in ("title_nl", "title_en", "text_nl", "text_en"):
        assert len({text[column].casefold() for text in texts}) == len(texts), column


async def test_each_is_written_in_both_languages(texts: list[asyncpg.Record]) -> None:
    for text in texts:
        assert text["title_nl"] != text["title_en"], text["slug"]
        assert text["text_nl"] != text["text_en"], text["slug"]
        for language in LANGUAGES:
            title, body = text[f"title_{language}"], text[f"text_{language}"]
            assert 5 <= len(title) <= 60, (text["slug"], language)
            assert 80 <= len(body) <= 400, (text["slug"], language, len(body))
            assert not OTHERS.search(f"{title} {body}"), (text["slug"], language)
            assert SENTENCES.fullmatch(body), (text["slug"], language)
            assert body.count(OPENING) <= body.count(CLOSING), (text["slug"], language)


async def test_none_gives_advice_of_doctors_or_lawyers(texts: list[asyncpg.Record]) -> None:
    for text in texts:
        assert not ADVICE.search(
            " ".join(text[f"{part}_{language}"] for part in ("title", "text") for language in LANGUAGES)
        )


async def test_none_for_the_youngest_names_what_is_unsafe_for_them(texts: list[asyncpg.Record]) -> None:
    for text in texts:
        if text["min_age"] in (0, 1):
            assert not UNSAFE.search(f"{text['text_nl']} {text['text_en']}"), text["slug"]


async def test_there_are_some_for_every_age_stress_and_experience(texts: list[asyncpg.Record]) -> None:
    for age in range(19):
        fit = [text for text in texts if text["min_age"] is not None and text["min_age"] <= age <= text["max_age"]]
        assert len(fit) >= 12, age
    for level in ("low", "moderate", "high", "very_high"):
        assert sum(level in text["stress_levels"] or not text["stress_levels"] for text in texts) >= 40, level
    relieving = [text for text in texts if text["category"] in ("self_care", "support")]
    assert sum("very_high" in text["stress_levels"] for text in relieving) >= 15
    for level in ("first_time", "experienced", "multiple_children"):
        assert sum(text["experience_levels"] == [level] for text in texts) >= 4, level


async def test_there_are_some_for_every_concern_and_category(texts: list[asyncpg.Record], database: Connection) -> None:
    for (concern,) in await database.fetch("select concern from concerns"):
        assert sum(concern in text["concerns"] for text in texts) >= 4, concern
    for (category,) in await database.fetch("select unnest(enum_range(null::suggestion_category))"):
        assert sum(category == text["category"] for text in texts) >= 4, category
    assert all(text["concerns"] for text in texts)


async def test_parents_without_children_yet_find_some_that_need_no_naming(
    texts: list[asyncpg.Record], database: Connection
) -> None:
    sensitive = {row[0] for row in await database.fetch("select concern from concerns where is_sensitive")}
    assert sensitive == {"bullying", "coparenting", "pregnancy", "relationship", "special_needs"}
    assert sum(text["min_age"] is None and not sensitive & set(text["concerns"]) for text in texts) >= 10


@pytest.mark.parametrize(
    ("told", "concerns"),
    [
        ("Slapeloosheid", {"sleep"}),
        ("Ze slaapt slecht en is 's nachts wakker", {"sleep"}),
        ("Picky eater", {"eating"}),
        ("Eet geen groente", {"eating"}),
        ("Driftbuien", {"tantrums"}),
        ("Screen time", {"screens"}),
        ("Schermtijd", {"screens"}),
        ("Ruzie tussen broers", {"siblings"}),
        ("Verlatingsangst", {"separation"}),
        ("Wij zijn gescheiden", {"coparenting"}),
        ("Work-life balance", {"work_balance"}),
        ("Balans tussen werk en gezin", {"work_balance"}),
        ("Zindelijkheid", {"toilet"}),
        ("Burn-out", {"exhaustion"}),
        ("Postnatale depressie", {"exhaustion", "loneliness"}),
        ("Ik ben alleenstaande moeder", {"loneliness"}),
        ("Autisme, prikkelgevoelig", {"special_needs"}),
        ("Zelfvertrouwen", {"self_confidence"}),
        ("Moeite met rekenen", {"homework"}),
        ("Schuldgevoel", {"guilt"}),
        ("Schulden", {"money"}),
        ("Pesten op school", {"bullying", "school"}),
        ("Mijn manier van doen, moeilijke momenten", set()),
        ("Birthday next week", set()),
    ],
)
async def test_words_of_parents_are_understood(told: str, concerns: set[str], database: Connection) -> None:
    found = await database.fetch(
        "select distinct concern from concerns, unnest(words_nl || words_en) as word"
        " where strpos(' ' || plain_words($1), ' ' || word) > 0",
        told,
    )
    assert {row[0] for row in found} == concerns


async def test_it_is_taken_back_and_applied_again(texts: list[asyncpg.Record], database: Connection) -> None:
    (migration,) = MIGRATIONS.glob("*_suggestion_library.sql")
    transaction = database.transaction()
    await transaction.start()
    try:
        await database.execute(migration.with_suffix(".rollback.sql").read_text())
        assert await database.fetchval("select count(*) from library_suggestions") == 0
        assert await database.fetchval("select count(*) from concerns") == 0
        await database.execute(migration.read_text())
        assert await database.fetch("select * from library_suggestions order by slug") == texts
    finally:
        await transaction.rollback()
