"""api/checks/README.md describes each message that a check can print, and no other."""

import ast
import re
from typing import Final

import pytest

from api.checks.all_checks import READ_ONLY_CHECKS, TREE_CHECKS
from api.paths import API, API_README, SQL_README
from tests.checks.message_texts import GAP, Message, Source
from tests.checks.messages import carriers_of, collect, conventions, marked_in, raised_in

README: Final = (API / "checks" / "README.md").read_text("utf-8")
# A heading that is code, which begins and ends with a space where a backtick would touch its own.
HEADING: Final = re.compile(r"^#### (?P<fence>`+)(?P<space> ?)(?P<text>.+)(?P=space)(?P=fence)$", re.MULTILINE)
# What README writes for a part that varies.
VARYING: Final = r"(?:…|[A-Z][A-Z0-9_]*)(?:\.[A-Z]+|, …)?"


def told() -> dict[str, str]:
    """Messages that README has as headings, and what stands below each."""
    found = list(HEADING.finditer(README))
    ends = [*(heading.start() for heading in found[1:]), len(README)]
    return {heading["text"]: README[heading.end() : end] for heading, end in zip(found, ends, strict=True)}


def pattern(text: str) -> str:
    return VARYING.join(map(re.escape, text.split(GAP)))


def is_told(message: Message, headings: list[str]) -> bool:
    return any(re.fullmatch(pattern(variant), heading) for variant in message.variants for heading in headings)


def is_said(heading: str, messages: list[Message], parts: set[str]) -> bool:
    texts = {*parts, *(variant for message in messages for variant in message.variants)}
    return any(re.fullmatch(pattern(text), heading) for text in texts)


MESSAGES, PARTS = collect()


def test_every_message_is_told() -> None:
    headings = list(told())
    assert [message for message in MESSAGES if not is_told(message, headings)] == []


def test_every_text_that_a_message_may_have_is_told() -> None:
    text = " ".join(README.split())
    assert [part for part in PARTS if not re.search(pattern(part), text)] == []


def test_every_message_that_is_told_is_said() -> None:
    assert [heading for heading in told() if not is_said(heading, MESSAGES, PARTS)] == []


def test_each_has_its_reason_and_its_mend_once() -> None:
    assert [heading for heading, below in told().items() if not re.match(r"\n\S.*?\sMend:\s\S", below, re.DOTALL)] == []
    assert len(told()) == len(HEADING.findall(README)) == README.count("\n#### ")


def test_every_file_is_on_the_map() -> None:
    here = API / "checks"
    names = [*(path.name for path in here.glob("*.py")), *(f"{path.name}/" for path in here.iterdir() if path.is_dir())]
    unsaid = {"__init__.py", "__pycache__/"}
    section = README.partition("## How the checks")[2].partition("\n## ")[0]
    assert [name for name in names if name not in section and name not in unsaid] == []


def test_a_section_for_each_check() -> None:
    sections = [title.lower() for title in re.findall(r"^## (.+)$", README, re.MULTILINE)]
    assert [title for title in sections if title in {*READ_ONLY_CHECKS, *TREE_CHECKS}] == [
        *{**READ_ONLY_CHECKS, **TREE_CHECKS}
    ]


# What the collector has to see, and what it makes of that.
CHECK: Final = """
class Fault:
    line: int
    what: Message

def look(name, kind) -> Iterator[Message]:
    yield f"{name} is {kind}"
    yield "is wrong" if kind else "is worse"

def list_them(found) -> list[Message]:
    return [f"{HERE} lacks {each}" for each in found]

def say(name, kind):
    end = "a name" if name else f"the kind {kind}"
    Fault(3, f"{name}: has {end}")
    Fault(*place(), what="is named") if kind else Fault(*place(), "is starred")
    why: Message = f"stands in {name}"
    print("nothing")
"""
RAISED: Final = """
def read(path, name):
    if reason := _refusal(name):
        raise FileError(f"{path}:{name}: {reason}")
    wrong.append(f"{path}: is wrong")
    raise FileError("\\n".join(wrong))

def _refusal(name):
    if name:
        return f"{name} is taken"
    raise ValueError("not ours")
"""


def variants(found: list[Message]) -> list[set[str]]:
    return [{variant.replace(GAP, "…") for variant in message.variants} for message in found]


def test_collects_what_is_annotated() -> None:
    tree = ast.parse(CHECK)
    carriers = carriers_of(tree)
    assert carriers == {"Fault": ("what", 1, -1)}
    source = Source("check.py", CHECK, {"HERE": "the schema", "other": 3})
    found = variants(list(source.messages(marked_in(source.tree, carriers))))
    for wanted in (
        {"… is …"},
        {"is wrong"},
        {"is worse"},
        {"the schema lacks …"},
        {"has …", "has a name", "has the kind …"},
        {"is named"},
        {"is starred"},
        {"stands in …"},
    ):
        assert wanted in found
    assert len(found) == 8
    assert source.parts == {"a name", f"the kind {GAP}"}


def test_collects_what_is_raised() -> None:
    source = Source("files.py", RAISED, {})
    assert variants(list(source.messages(raised_in(source.tree)))) == [{"… is taken"}, {"is wrong"}]


def test_collects_conventions() -> None:
    text = "select 'a', name, name || ' needs ' || 'a key' from t union all select 'b', name, 'is wrong' from t"
    assert variants(list(conventions(text))) == [{"… needs a key"}, {"is wrong"}]


@pytest.mark.parametrize(
    ("heading", "right"),
    [
        ("TABLE.COLUMN is lost: write it", True),
        ("… is lost: write it", True),
        ("TABLE is lost: write IT", False),
        ("users is lost: write it", False),
        ("TABLE is lost: write it too", False),
    ],
)
def test_a_message_is_told_word_by_word(heading: str, *, right: bool) -> None:
    message = Message("check.py:1", frozenset({f"{GAP} is lost: write it"}))
    assert is_told(message, [heading]) is right
    assert is_said(heading, [message], set()) is right


def test_other_readmes_lead_here() -> None:
    assert "checks/README.md" in (API_README.parents[1] / "README.md").read_text("utf-8")
    assert "api/checks/README.md" in SQL_README.read_text("utf-8")
