"""Operators OR (operators), NL (nulls) and IR (identifiers) of the same paper: what stands within expressions."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from api.sql_parser.lexer import Kind
from tests.mutation.code import Code, Edit

_RELATIONS: Final[Mapping[str, Sequence[str]]] = {
    "=": ("<>",), "<>": ("=",), "<": ("<=", ">"), "<=": ("<", ">"), ">": (">=", "<"), ">=": (">", "<"),
    "@>": ("<@",), "<@": ("@>",), "&&": ("<@",),
}  # fmt: skip
_ARITHMETIC: Final = {"+": "-", "-": "+", "*": "/", "/": "*"}
_NUMBER: Final = re.compile(r"\d+")
_OPERANDS: Final = frozenset({Kind.IDENTIFIER, Kind.INTEGER, Kind.FLOAT, Kind.STRING})


def relations(code: Code) -> Iterator[Edit]:
    """Comparisons, logic and arithmetic become others."""
    for index, word in enumerate(code.words):
        for other in _RELATIONS.get(word, ()):
            if not (other in {f"{word}=", word.rstrip("=")} and _is_about_now(code, index)):
                yield code.edit("relation", index, index + 1, other)
        if word in {"and", "or"} and not _is_of_between(code, index):
            yield code.edit("logic", index, index + 1, "or" if word == "and" else "and")
        if word == "between":
            yield code.edit("between", index, index + 1, "not between")
        if word in _ARITHMETIC and index and _ends_operand(code, index - 1):
            yield code.edit("arithmetic", index, index + 1, _ARITHMETIC[word])
        if word in {"any", "all"} and code.word(index + 1) == "(" and code.word(index - 1) in _RELATIONS:
            yield code.edit("quantifier", index, index + 1, "all" if word == "any" else "any")
        if word == "exists" and code.word(index - 1) not in {"not", "if"}:
            yield code.edit("not", index, index + 1, "not exists")
        if word == "in" and code.word(index + 1) == "(" and code.word(index - 1) != "not":
            yield code.edit("not", index, index + 1, "not in")


def _is_about_now(code: Code, index: int) -> bool:
    """Whether a moment is compared with the clock: nothing can tell whether it may be the same one."""
    return any(code.word(at) in {"now", "clock_timestamp"} for at in (index - 3, index + 1))


def nulls(code: Code) -> Iterator[Edit]:
    """What is said of nulls is lost."""
    for index in code.find("is"):
        if code.word(index + 1) == "null":
            yield code.edit("null", index, index + 2, "is not null")
        elif code.word(index + 1) == "not" and code.word(index + 2) == "null":
            yield code.edit("null", index, index + 3, "is null")
        elif code.words[index + 1 : index + 4] == ["not", "distinct", "from"]:
            yield code.edit("null", index, index + 4, "=")
        elif code.words[index + 1 : index + 3] == ["distinct", "from"]:
            yield code.edit("null", index, index + 3, "<>")
    for index in code.find("coalesce", "("):
        end = code.match[index + 1]
        for start, stop in code.split(index + 2, end, ","):
            yield code.edit("coalesce", index, end + 1, code.source(start, stop))
    for index in code.find("nulls"):
        if code.word(index + 1) in {"first", "last"}:
            yield code.lost("null", index, index + 2)
    yield from _null_results(code)


def _null_results(code: Code) -> Iterator[Edit]:
    """Columns of a result become null."""
    for index, word in enumerate(code.words):
        if word not in {"select", "returning"} or code.word(index + 1) in {"distinct", "from"}:
            continue
        if code.word(index - 1) == "(" and code.word(index - 2) == "exists":
            # Of whose rows nothing but that there are any is asked.
            continue
        for start, end in code.split(index + 1, code.clause_end(index), ","):
            names = [at for at in range(start, end) if code.words[at] != "."]
            if start < end <= start + 3 and all(map(code.is_name, names)) and code.word(end - 1) != "call":
                column = code.source(start, end)
                alias = "" if code.word(end) == "as" else f" as {code.source(end - 1, end)}"
                yield code.edit("null result", start, end, f"nullif({column}, {column}){alias}")


def constants(code: Code, labels: Mapping[str, str], words: Sequence[str]) -> Iterator[Edit]:
    """Numbers, texts, booleans and labels of enums become others.

    `labels` gives the label that takes the place of another, `words` are texts that stand for other texts.
    """
    for index, token in enumerate(code.tokens):
        word = code.words[index]
        if word in {"true", "false"}:
            yield code.edit("constant", index, index + 1, "false" if word == "true" else "true")
        elif token.kind == Kind.INTEGER:
            yield code.edit("constant", index, index + 1, str(int(token.text) + 1))
        elif token.kind == Kind.STRING and token.text.startswith("'"):
            yield code.edit("constant", index, index + 1, _other_text(token.text[1:-1], labels, words))


def _other_text(text: str, labels: Mapping[str, str], words: Sequence[str]) -> str:
    if text in labels:
        return f"'{labels[text]}'"
    if found := _NUMBER.search(text):
        return f"'{text[: found.start()]}{int(found[0]) + 1}{text[found.end() :]}'"
    if text == "infinity":
        return "'-infinity'"
    if text == "-infinity":
        return "'infinity'"
    position = words.index(text) + 1 if text in words else 0
    return f"'{words[position % len(words)]}'" if len(words) > 1 else "'other'"


def parameters(code: Code) -> Iterator[Edit]:
    """Two parameters of one type change places."""
    places: dict[str, list[tuple[int, str]]] = {}
    for index in code.find(":"):
        name = code.tokens[index + 1] if index + 1 < len(code) else None
        if name is None or name.start != code.tokens[index].end:
            continue
        cast = ""
        if code.word(index + 2) == "::":
            cast = code.word(index + 3) + ("[]" if code.word(index + 4) == "[" else "")
        places.setdefault(name.text, []).append((index, cast))
    names = list(places)
    for position, one in enumerate(names):
        others = [
            other
            for other in names[position + 1 :]
            if {each[1] for each in places[other]} & {each[1] for each in places[one]}
        ]
        for other in others[:1]:
            swapped = [(index, other) for index, _ in places[one]] + [(index, one) for index, _ in places[other]]
            yield Edit("parameter", tuple(code.piece(index, index + 2, f":{name}") for index, name in swapped))


def columns(code: Code, siblings: Mapping[str, str]) -> Iterator[Edit]:
    """Columns become others of the same type and table; `siblings` gives one for each."""
    listed = _lists_of_columns(code)
    for index, token in enumerate(code.tokens):
        if token.text not in siblings or not code.is_name(index) or index in listed or code.word(index + 1) == "(":
            continue
        if code.word(index - 1) in {"as", ":", "name"} or (
            code.word(index + 1) in {".", "::"} and code.word(index - 1) != "."
        ):
            continue
        if code.word(index + 1) == "as" and code.word(index + 2) in {"(", "materialized", "not"}:
            # The name of a part of `with`.
            continue
        yield code.edit("column", index, index + 1, siblings[token.text])


def _lists_of_columns(code: Code) -> set[int]:
    """Indexes in lists that only name columns, as behind `insert into` or an alias."""
    return {
        at
        for start, end in code.match.items()
        if code.words[start] == "(" and (code.is_name(start - 1) or code.word(start - 1) == "as")
        and all(code.words[at] == "," or code.is_name(at) for at in range(start + 1, end))
        for at in range(start, end)
    }  # fmt: skip


def _is_of_between(code: Code, index: int) -> bool:
    depth = code.depth[index]
    for at in range(index - 1, -1, -1):
        if code.depth[at] < depth or (code.depth[at] == depth and code.words[at] in {"and", "or"}):
            return False
        if code.depth[at] == depth and code.words[at] == "between":
            return code.words[index] == "and"
    return False


def _ends_operand(code: Code, index: int) -> bool:
    return code.tokens[index].kind in _OPERANDS or code.words[index] in {")", "]", "end"}
