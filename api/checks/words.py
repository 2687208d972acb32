"""Checks the words and labels that statements write out: those that facts know, and those that names end with."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final

import psycopg

from api.checks.faults import Fault, Message, line_of
from api.checks.sql import ast
from api.checks.sql.ast import tree_of
from api.checks.sql.tree import names_in, nodes, parts, same, uncast
from api.database.statements.files import Statement
from api.facts import Words

_ENUMS: Final = "select array_agg(enumlabel::text order by enumsortorder) from pg_enum group by enumtypid"


def read_enums(connection: psycopg.Connection[Any]) -> list[list[str]]:
    """Labels of each enum of a database, in their order."""
    return [labels for (labels,) in connection.execute(_ENUMS).fetchall()]


def check_words(
    statements: Iterable[Statement], known: Mapping[str, Words], enums: Collection[Collection[str]]
) -> list[Fault]:
    """Words that no facts know, labels that go with others by the facts, and branches for a label that give another's.

    `known` are words by `table.column`, `enums` the labels of each.
    """
    return sorted({fault for statement in statements for fault in _faults(statement, known, enums)})


def _faults(statement: Statement, known: Mapping[str, Words], enums: Collection[Collection[str]]) -> Iterator[Fault]:
    found = list(nodes(tree_of(statement.text)))
    tables = {each.relname for each in found if isinstance(each, ast.RangeVar)}
    of_tables = {key: words for key, words in known.items() if key.partition(".")[0] in tables}
    aliases = _aliases(found)
    for node in found:
        match node:
            case ast.InsertStmt():
                said = _written(node, of_tables)
            case ast.A_Expr():
                said = _compared(node, of_tables, aliases)
            case ast.CaseExpr():
                said = _branches(node, enums)
            case _:
                continue
        for place, what in said:
            yield Fault(statement.path, line_of(statement, place), statement.name, what)


def _written(node: Any, known: Mapping[str, Words]) -> Iterator[tuple[Any, Message]]:
    if node.selectStmt is None:
        return
    columns = names_in(node.cols)
    for name in columns:
        words = known.get(f"{node.relation.relname}.{name}")
        if words is None:
            continue
        query = node.selectStmt
        rows = query.valuesLists or [[target.val for target in query.targetList or ()]]
        for row in rows:
            given = dict(zip(columns, row, strict=False))
            literals, labels = _texts(given.get(name)), _texts(given.get(words.beside))
            for literal in literals:
                yield from _unknown(literal, f"{node.relation.relname}.{name}", words)
                # Which goes with which isn't known where there are several of both.
                for beside in labels if len(literals) == 1 or len(labels) == 1 else ():
                    wanted = words.labels.get(literal.val.sval, beside.val.sval)
                    if beside.val.sval != wanted:
                        what = f"write '{wanted}' to {words.beside} with '{literal.val.sval}', or correct its facts.py"
                        yield beside, what


def _aliases(found: Iterable[Any]) -> dict[str, set[str]]:
    """The tables by what they're called in a statement, empty texts for what is no table; all of them by ``."""
    aliases: dict[str, set[str]] = {}
    for node in found:
        if isinstance(node, ast.RangeVar | ast.RangeSubselect | ast.RangeFunction):
            table = node.relname if isinstance(node, ast.RangeVar) else ""
            for name in ("", node.alias.aliasname if node.alias is not None else table):
                aliases.setdefault(name, set()).add(table)
    return aliases


def _compared(node: Any, known: Mapping[str, Words], aliases: Mapping[str, set[str]]) -> Iterator[tuple[Any, Message]]:
    match node:
        case ast.A_Expr(
            name=[ast.String(sval="=" | "<>")],
            lexpr=ast.ColumnRef(fields=[*relation, ast.String(sval=name)]),
            rexpr=other,
        ):
            tables = aliases.get(relation[-1].sval if relation else "", set())
            for key, words in known.items():
                if key.partition(".")[2] == name and tables == {key.partition(".")[0]}:
                    for literal in filter(_is_text, other if isinstance(other, tuple) else (other,)):
                        yield from _unknown(literal, key, words)


def _unknown(literal: Any, key: str, words: Words) -> Iterator[tuple[Any, Message]]:
    if literal.val.sval not in words.labels:
        yield literal, f"'{literal.val.sval}' is no word of {key}: correct it, or add it to the words of its facts.py"


def _branches(node: Any, enums: Collection[Collection[str]]) -> Iterator[tuple[Any, Message]]:
    """Columns named for a label that another label's branch gives, as title_en where it's nl."""
    asked = [_equals(when.expr, node.arg) for when in node.args]
    known = [each for each in asked if each is not None]
    for when, each in zip(node.args, asked, strict=True):
        if each is not None:
            yield from _misnamed(when.result, each[1], enums)
    if node.defresult is not None and len(known) == len(asked) and all(same(each[0], known[0][0]) for each in known):
        taken = {label for _, labels in known for label in labels}
        for enum in enums:
            if left := set(enum) - taken if taken & set(enum) else None:
                yield from _misnamed(node.defresult, left, [enum])


def _equals(condition: Any, asked: Any) -> tuple[Any, set[str]] | None:
    """What is asked in a branch of a `case`, and the labels that it's equal to; None if that's not all of it."""
    if asked is not None:
        return (asked, {label.val.sval}) if _is_text(label := uncast(condition)) else None
    match condition:
        case ast.A_Expr(name=[ast.String(sval="=")], kind="AEXPR_OP" | "AEXPR_IN", lexpr=left, rexpr=right):
            labels = [*map(uncast, right if isinstance(right, tuple) else (right,))]
            if all(map(_is_text, labels)):
                return left, {label.val.sval for label in labels}
    return None


def _misnamed(result: Any, labels: set[str], enums: Collection[Collection[str]]) -> Iterator[tuple[Any, Message]]:
    for column in _columns(result):
        name = str(getattr(column.fields[-1], "sval", ""))
        for enum in enums:
            of = next((label for label in enum if name.endswith(f"_{label}")), None)
            if of is not None and labels & set(enum) and of not in labels:
                yield (
                    column,
                    f"{name} is given where it's {' or '.join(sorted(labels & set(enum)))}: correct one of them",
                )


def _columns(node: Any) -> Iterator[Any]:
    """Columns of an expression, but for those that are given where another is missing, or by a `case` of their own."""
    match node:
        case ast.ColumnRef():
            yield node
        case ast.CoalesceExpr(args=[first, *_]):
            yield from _columns(first)
        case ast.CaseExpr():
            pass
        case _:
            for part in parts(node):
                yield from _columns(part)


def _texts(node: Any) -> list[Any]:
    """The texts that an expression may give, as far as they're written out."""
    match node:
        case ast.A_Const() if _is_text(node):
            return [node]
        case ast.TypeCast(arg=arg):
            return _texts(arg)
        case ast.CaseExpr(args=branches, defresult=default):
            return [text for each in (*(branch.result for branch in branches), default) for text in _texts(each)]
    return []


def _is_text(node: Any) -> bool:
    return isinstance(node, ast.A_Const) and isinstance(node.val, ast.String)
