"""Checks that what a payload says of a column replaces what the column has."""

from collections.abc import Iterable
from typing import Any, Final, Literal, get_type_hints

from api.checks.contract.python_types import parse_hint, struct_of
from api.checks.contract.reading import Reading
from api.checks.contract.values import Relation
from api.checks.sql import ast

# What an expression gives of a field that the payload has: what is given, null, what the column has, or another value.
Outcome = Literal["given", "null", "own", "other"]

_KIND: Final = ast.A_Expr_Kind
_NULL_TESTS: Final = {ast.NullTestType.IS_NULL: True, ast.NullTestType.IS_NOT_NULL: False}
# What of one operand decides on all.
_DECIDES: Final = {ast.BoolExprType.AND_EXPR: False, ast.BoolExprType.OR_EXPR: True}


def check_kept(reading: Reading, assignment: Any, target: Relation, expression: Any) -> None:
    """Require that a column takes the field of its name: neither kept as it is, nor where the field is null."""
    name, table = assignment.name, target.node.relname
    for parameter, hint in reading.parameters.items():
        struct = struct_of(hint, many=False)
        if struct is None or name not in struct.__struct_fields__:
            continue
        if _Field(name, target, "given").outcomes(expression) == {"own"}:
            reading.fault(assignment, f"write the field {name} of :{parameter} to {table}.{name}: it keeps what it has")
            continue
        field = parse_hint(get_type_hints(struct, include_extras=True)[name])
        if field.nullable and _Field(name, target, "null").outcomes(expression) == {"own"}:
            reading.fault(
                assignment,
                f"write `case when :{parameter} ? '{name}' then … end`: a null can't clear {table}.{name}",
            )


class _Field:
    """A field that the payload has: its value, or null."""

    def __init__(self, name: str, target: Relation, value: Outcome) -> None:
        self._name = name
        self._target = target
        self._value = value

    def outcomes(self, node: Any) -> set[Outcome]:  # noqa: PLR0911
        """What an expression may give."""
        match node:
            case ast.ColumnRef():
                return {self._of_column(node)}
            case ast.TypeCast(arg=arg):
                return self.outcomes(arg)
            case ast.A_Const(isnull=True):
                return {"null"}
            case ast.A_Expr(name=[ast.String(sval="->>")], rexpr=ast.A_Const(val=ast.String(sval=key))):
                return {self._value if key == self._name else "other"}
            case ast.A_Expr(kind=_KIND.AEXPR_NULLIF, lexpr=left):
                found = self.outcomes(left)
                return found if found == {"null"} else found | {"null"}
            case ast.CaseExpr(arg=None, args=branches, defresult=default):
                return self._of_case(branches, default)
            case ast.CoalesceExpr(args=args):
                return self._of_coalesce(args)
            case ast.MinMaxExpr(args=args):
                found = set[Outcome]().union(*map(self.outcomes, args))
                return found if found == {"null"} else found - {"null"}
        return {"other"}

    def _of_column(self, node: Any) -> Outcome:
        match node.fields:
            case [ast.String(sval=alias), ast.String(sval=column)]:
                own = (alias, column) == (self._target.alias, self._name)
            case [ast.String(sval=column)]:
                own = column == self._name
            case _:
                return "other"
        if own:
            return "own"
        return self._value if column == self._name else "other"

    def _of_case(self, branches: Iterable[Any], default: Any) -> set[Outcome]:
        found: set[Outcome] = set()
        for branch in branches:
            holds = self._holds(branch.expr)
            if holds is not False:
                found |= self.outcomes(branch.result)
            if holds:
                return found
        return found | (self.outcomes(default) if default is not None else {"null"})

    def _of_coalesce(self, args: Iterable[Any]) -> set[Outcome]:
        found: set[Outcome] = set()
        for arg in args:
            of_arg = self.outcomes(arg)
            found |= of_arg - {"null"}
            if of_arg == {"given"}:
                return found
        return found or {"null"}

    def _holds(self, node: Any) -> bool | None:
        """Whether a condition holds, if that is known."""
        match node:
            case ast.A_Expr(name=[ast.String(sval="?")], rexpr=ast.A_Const(val=ast.String(sval=key))):
                return True if key == self._name else None
            case ast.NullTest(arg=arg, nulltesttype=test):
                of_arg = self.outcomes(arg)
                return (of_arg == {"null"}) == _NULL_TESTS[test] if of_arg <= {"null"} or of_arg == {"given"} else None
            case ast.BoolExpr(boolop=ast.BoolExprType.NOT_EXPR, args=[arg]):
                holds = self._holds(arg)
                return None if holds is None else not holds
            case ast.BoolExpr(boolop=how, args=args):
                told = [self._holds(arg) for arg in args]
                decides = _DECIDES[how]
                return decides if decides in told else None if None in told else not decides
            case ast.A_Expr(kind=_KIND.AEXPR_OP, name=[ast.String(sval="=" | "<>" | "<" | ">" | "<=" | ">=")]):
                # A comparison with null isn't true.
                return False if {"null"} in (self.outcomes(node.lexpr), self.outcomes(node.rexpr)) else None
        return None
