"""Mutants of what migrations define, as changes of the one object in a migrated database."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from tests.mutation.code import Code, Edit
from tests.mutation.definitions import Definition
from tests.mutation.mutants import Mutant, mutant_of
from tests.mutation.operators import definitions as operators
from tests.mutation.operators.clauses import clauses
from tests.mutation.operators.expressions import columns, constants, nulls, relations
from tests.mutation.vocabulary import Vocabulary

_BODY: Final = re.compile(r"\$(\w*)\$(.*)\$\1\$", re.DOTALL)
# A constraint is added that looks at the rows that there are.
_ADDED_PROVED: Final = re.compile(r" add constraint \w+ (check|foreign key)\b(?!.* not valid)", re.DOTALL)
_NOT_OF_BODIES: Final = frozenset({"null result"})


def object_mutants(
    definitions: Sequence[Definition], standing: Sequence[Definition], vocabulary: Vocabulary
) -> Iterator[Mutant]:
    """Mutants of some definitions among all that stand."""
    for definition in definitions:
        about = tuple(sorted(_about(definition, standing)))
        subject = definition.name if definition.kind != "column" else f"{definition.table}.{definition.name}"
        for edit in dict.fromkeys(_edits(definition, vocabulary)):
            apply, undo = scripts(definition, edit)
            moved = edit.moved(definition.start)
            yield mutant_of(
                "object", definition.path, moved, subject, apply=apply, undo=undo, about=about, of=definition.kind
            )


def _edits(definition: Definition, vocabulary: Vocabulary) -> Iterator[Edit]:
    code = Code(definition.text)
    match definition.kind:
        case "table":
            yield Edit("unlogged", (code.piece(0, 1, "create unlogged"),))
        case "column":
            yield from operators.column_edits(code)
            yield from (edit for edit in constants(code, vocabulary.labels, ()) if _in_default(code, edit))
        case "constraint":
            yield from operators.constraint_edits(code)
            if "check" in code.words:
                yield from _expressions(code, vocabulary)
        case "index":
            yield from operators.index_edits(code)
        case "trigger":
            yield from operators.trigger_edits(code)
            yield from _expressions(code, vocabulary)
        case "function":
            yield from _function_edits(code, vocabulary)


def _expressions(code: Code, vocabulary: Vocabulary) -> Iterator[Edit]:
    # Without the operators for clauses, as words such as `on` and `update` mean other things here.
    yield from relations(code)
    yield from nulls(code)
    yield from constants(code, vocabulary.labels, ())


def _function_edits(code: Code, vocabulary: Vocabulary) -> Iterator[Edit]:
    body = next(
        index
        for index, token in enumerate(code.tokens)
        if token.text.startswith("$") or (index > code.words.index("language") and token.text in {"return", "begin"})
    )
    yield from operators.function_header_edits(code, body)
    start, source = code.tokens[body].start, code.text[code.tokens[body].start :]
    if found := _BODY.fullmatch(source):
        start, source = start + found.start(2), found[2]
    inner = Code(source)
    siblings = vocabulary.siblings(source)
    words = sorted(set(re.findall(r"'([a-z_]+)'", source)))
    for edit in (
        *operators.lost_statements(inner),
        *clauses(inner),
        *relations(inner),
        *nulls(inner),
        *constants(inner, vocabulary.labels, words),
        *columns(inner, siblings),
    ):
        if edit.operator not in _NOT_OF_BODIES:
            yield edit.moved(start)


def _in_default(code: Code, edit: Edit) -> bool:
    [(start, _, _)] = edit.pieces
    defaults = [code.tokens[index].start for index in code.find("default") if code.word(index - 1) != "by"]
    return any(start > default for default in defaults)


def scripts(definition: Definition, edit: Edit) -> tuple[str, str]:
    """What makes a migrated database have the mutant, and what gives it the original back."""
    table, name, mutated = definition.table, definition.name, edit.apply(definition.text)
    match definition.kind:
        case "table":
            return f"alter table {name} set unlogged", f"alter table {name} set logged"
        case "column":
            return _column(definition.text, mutated, f"alter table {table} alter column {name}")
        case "constraint":
            return _constraint(definition, edit, mutated)
        case "index":
            drop = f"drop index if exists {name};"
            return f"{drop} {_now(mutated)}", f"{drop} {_now(definition.text)}"
        case "trigger":
            drop = f"drop trigger if exists {name} on {table};"
            return f"{drop} {mutated}", f"{drop} {definition.text}"
    return _or_replace(mutated), _or_replace(definition.text)


def _constraint(definition: Definition, edit: Edit, mutated: str) -> tuple[str, str]:
    alter, name = f"alter table {definition.table}", definition.name
    if edit.operator == "constraint renamed":
        rename = f"{alter} rename constraint"
        return f"{rename} {name} to {name}_renamed", f"{rename} {name}_renamed to {name}"
    drop = f"{alter} drop constraint if exists {name};"
    add = f"{alter} add {mutated};" if mutated.strip() else ""
    return f"{drop} {add}", unproved(f"{drop} {alter} add {definition.text};")


def _column(text: str, mutated: str, alter: str) -> tuple[str, str]:
    before, after = (Code(each) for each in (text, mutated))
    if len(list(after.find("not", "null"))) < len(list(before.find("not", "null"))):
        return f"{alter} drop not null", f"{alter} set not null"
    return _default(after, alter), _default(before, alter)


def _default(code: Code, alter: str) -> str:
    for index in code.find("default"):
        if code.depth[index] == 0 and code.word(index - 1) != "by":
            return f"{alter} set default {code.source(index + 1, operators.default_end(code, index))}"
    return f"{alter} drop default"


def unproved(script: str) -> str:
    """The same, whatever the rows are that there are, if the script's last statement adds a check or foreign key."""
    return f"{script.rstrip('; ')} not valid;" if _ADDED_PROVED.search(script) else script


def _or_replace(text: str) -> str:
    return re.sub("^create (or replace )?", "create or replace ", text)


def _now(text: str) -> str:
    return text.replace("index concurrently", "index", 1)


def _about(definition: Definition, standing: Sequence[Definition], seen: frozenset[str] = frozenset()) -> set[str]:
    """Tables and functions whose statements may notice a change."""
    if definition.kind != "function":
        return {definition.table, *re.findall(r"references (\w+)", definition.text)}
    found = {definition.name}
    for other in standing:
        if other.name not in seen and other is not definition and re.search(rf"\b{definition.name}\(", other.text):
            found |= _about(other, standing, seen | {definition.name})
    return found
