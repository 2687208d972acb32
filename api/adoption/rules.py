"""Rules that mend rows which break a constraint: one each, of those that fit, as default or by a file."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec
from psycopg.sql import SQL, Composed, Identifier, Literal

from api.adoption.constraints import Constraint
from api.command_error import CommandError

KEEP: Final = "keep"
LEAVE_OUT: Final = "leave out"
_BLOCK: Final = re.compile(
    r"^-- rule: (?P<rule>[a-z ]+?) of (?P<constraints>[a-z_ ]+)\n(?P<sql>.*?;)$", re.MULTILINE | re.DOTALL
)
_LINES: Final = SQL("line in (select line from lines)")
# Rules with one right answer; all others are proposals, for a person to decide.
_CERTAIN: Final = {"moment before", "achieved", "reset", KEEP}


class RulesError(CommandError):
    """The file of rules can't be used; the message names file and line's constraint."""


class Rule(msgspec.Struct, frozen=True):
    """What is done about a constraint: the statement mends those rows of its table that the table `lines` names."""

    name: str
    statement: SQL | Composed | None
    is_proposal: bool


def read_special_rules() -> dict[str, dict[str, Composed]]:
    """Statements of rules.sql, by constraint and rule."""
    special: dict[str, dict[str, Composed]] = {}
    for block in _BLOCK.finditer(Path(__file__).with_name("rules.sql").read_text("utf-8")):
        for constraint in block["constraints"].split():
            special.setdefault(constraint, {})[block["rule"]] = SQL(block["sql"]).format()
    return special


def choices(constraint: Constraint, special: Mapping[str, Mapping[str, Composed]]) -> dict[str, Rule]:
    """Rules that fit a constraint; the first is the default."""
    found = dict[str, Composed | None](special.get(constraint.name, {}))
    if not constraint.is_enforced:
        found[KEEP] = None
    elif constraint.kind in {"check", "not null"} and not found:
        found |= _generic(constraint)
    found[LEAVE_OUT] = SQL("delete from {} where {}").format(Identifier(f"new_{constraint.table}"), _LINES)
    return {name: Rule(name, statement, name not in _CERTAIN) for name, statement in found.items()}


def _generic(constraint: Constraint) -> dict[str, Composed]:
    """Rules that fit a column of any table, by what its check says."""
    [column, *_] = constraint.columns
    name, check = Identifier(column), constraint.expression
    rules: dict[str, Composed] = {}
    if "is_text_list(" in check:
        rules["cut"] = _set(constraint, SQL("{0} = pg_temp.fitting({0})").format(name))
    elif longest := re.search(r"length\(\w+\) <= (\d+)", check):
        most = Literal(int(longest[1]))
        rules["cut"] = _set(constraint, SQL("{0} = left({0}, {1})").format(name, most))
    elif limits := re.search(r">= (\d+)\)? AND \(?\w+ <= (\d+)", check):
        least, most = (Literal(int(limit)) for limit in limits.groups())
        rules["nearest"] = _set(constraint, SQL("{0} = least(greatest({0}, {1}), {2})").format(name, least, most))
    if (constraint.table, column) == ("child_profiles", "age"):
        rules.setdefault("nearest", _set(constraint, SQL("{0} = 0").format(name)))
    if constraint.defaults.get(column) is not None or column in constraint.nullable:
        default = SQL(constraint.defaults.get(column) or "null")
        rules["clear"] = _set(constraint, SQL("{} = {}").format(name, default))
    # A check of what a text is like isn't mended by cutting it.
    if "~" in check and "clear" in rules:
        rules = {"clear": rules["clear"]}
    return rules


def _set(constraint: Constraint, assignment: Composed) -> Composed:
    return SQL("update {} set {} where {}").format(Identifier(f"new_{constraint.table}"), assignment, _LINES)


def choose(constraints: Sequence[Constraint], path: Path | None) -> dict[str, Rule]:
    """The rule of each constraint: that of the file, a TOML of `CONSTRAINT = "RULE"`, or else the default.

    Raises:
        RulesError: the file can't be read, or names a constraint or rule that there isn't.

    """
    special = read_special_rules()
    fitting = {constraint.name: choices(constraint, special) for constraint in constraints}
    chosen = {name: next(iter(rules.values())) for name, rules in fitting.items()}
    for name, wanted in _read(path).items():
        if name not in fitting:
            raise RulesError(f"{path}: {name}: no constraint of the tables that are adopted")
        if wanted not in fitting[name]:
            raise RulesError(f"{path}: {name} = {wanted!r}: give it one of {', '.join(map(repr, fitting[name]))}")
        # A person has decided.
        chosen[name] = msgspec.structs.replace(fitting[name][str(wanted)], is_proposal=False)
    return chosen


def _read(path: Path | None) -> Mapping[str, object]:
    if path is None:
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RulesError(f"{path}: {error}") from None
