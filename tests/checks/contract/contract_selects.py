"""Random selects, as text; PostgreSQL refuses few of them."""

from random import Random
from typing import Final

# Columns by table and by type.
TABLES: Final = {
    "users": {"int": ["id"], "text": ["username", "profile_picture"]},
    "parent_profiles": {"int": ["id", "user_id"], "text": ["name", "bio", "email"]},
    "child_profiles": {"int": ["id", "parent_profile_id", "age"], "text": ["name", "development_notes"]},
}
_LITERALS: Final = {"int": ["1", "2", "null::int"], "text": ["'a'::text", "''::text", "null::text"]}
_FRAMES: Final = ["", " rows between 1 preceding and 1 preceding", " rows between unbounded preceding and current row"]

# Columns that can be referred to, by type.
Scope = dict[str, list[str]]


def select(random: Random) -> str:
    """A select of an int `n` and a text `t`."""
    return _Selects(random).query({"int": [], "text": []}, 3)


class _Selects:
    def __init__(self, random: Random) -> None:
        self._random = random
        self._aliases = 0

    def query(self, outer: Scope, depth: int) -> str:
        """A select, two of them in a set operation, or one over a CTE."""
        match self._random.randrange(8 if depth > 1 else 1):
            case 1:
                operator = self._one("union all", "union", "except", "intersect")
                return f"({self.query(outer, depth - 1)}) {operator} ({self.query(outer, depth - 1)})"
            case 2:
                alias = self._alias()
                step = self._select(f"{alias} as {alias}", _columns(alias), outer, 0)
                return f"with {alias} as ({self.query(outer, depth - 1)}) {step}"
        return self._select(*self._from(outer, depth), outer, depth)

    def _select(self, items: str, own: Scope, outer: Scope, depth: int) -> str:
        scope = _both(own, outer)
        where = f" where {self._condition(scope, depth)}" if self._random.random() < 0.5 else ""
        if self._random.random() < 0.3:
            key = self._one(*own["int"], *own["text"])
            number, text = (self._aggregate(type_, own, depth, key) for type_ in ("int", "text"))
            group = f" group by {key}" if self._random.random() < 0.7 else ""
        else:
            number, text = (self._value(type_, scope, depth, window=True) for type_ in ("int", "text"))
            group = ""
        end = self._one("", "", " limit 1", " offset 1") if depth else ""
        return f"select {number} as n, {text} as t from {items}{where}{group}{end}"

    def _from(self, outer: Scope, depth: int) -> tuple[str, Scope]:
        left, own = self._item(outer, depth)
        if depth and self._random.random() < 0.6:
            right, other = self._from(_both(own, outer), depth - 1)
            how = self._one("join", "left join", "right join", "full join")
            own, of = _both(own, other), (own, other)
            if how == "full join":
                # A full join supports only such conditions.
                condition = " = ".join(self._one(*side["int"]) for side in of)
            else:
                condition = self._condition(own, 0)
            return f"({left} {how} {right} on {condition})", own
        return left, own

    def _item(self, outer: Scope, depth: int) -> tuple[str, Scope]:
        alias = self._alias()
        match self._random.randrange(6 if depth else 4):
            case 3:
                rows = ", ".join(f"({self._literal('int')}, {self._literal('text')})" for _ in range(2))
                return f"(values {rows}) as {alias} (n, t)", _columns(alias)
            case 4:
                return f"({self.query({'int': [], 'text': []}, depth - 1)}) as {alias}", _columns(alias)
            case 5:
                return f"lateral ({self.query(outer, depth - 1)}) as {alias}", _columns(alias)
        table = self._one(*TABLES)
        return f"{table} as {alias}", {
            type_: [f"{alias}.{name}" for name in names] for type_, names in TABLES[table].items()
        }

    def _condition(self, scope: Scope, depth: int) -> str:  # noqa: PLR0911
        type_ = self._one("int", "text")
        one, other, third = (self._value(type_, scope, 0) for _ in range(3))
        match self._random.randrange(11 if depth else 9):
            case 0:
                return f"{one} is not null"
            case 1:
                return f"{one} {self._one('=', '<>', '<', 'is distinct from')} {other}"
            case 2:
                operator = self._one("=", "<>", ">", "is distinct from", "in", "not in")
                row = f"({other}, {third})"
                return f"({one}, {third}) {operator} " + (f"({row}, {row})" if "in" in operator.split() else row)
            case 3:
                return f"{one} {self._one('= any', '<> all')} (array[{other}, {self._literal(type_)}])"
            case 4:
                return f"{one} {self._one('in', 'not in')} ({other}, {self._literal(type_)})"
            case 5:
                return f"{one} {self._one('between', 'not between')} {other} and {other}"
            case 6 | 7:
                operator = self._one("and", "or")
                return f"({self._condition(scope, 0)} {operator} {self._condition(scope, 0)})"
            case 8:
                return self._one("true", "false", f"({self._condition(scope, 0)}) is not true")
            case 9:
                return f"exists ({self.query(scope, 0)})"
        return f"not ({self._condition(scope, 0)})"

    def _value(self, type_: str, scope: Scope, depth: int, *, window: bool = False) -> str:  # noqa: C901, PLR0911
        if not depth or self._random.random() < 0.4:
            return self._one(*(scope[type_] * 3), *_LITERALS[type_])
        one, other = (self._value(type_, scope, depth - 1) for _ in range(2))
        name = "n" if type_ == "int" else "t"
        match self._random.randrange(11 if window else 9):
            case 0:
                return f"coalesce({one}, {other})"
            case 1:
                return f"nullif({one}, {other})"
            case 2:
                end = self._one(f" else {other}", "")
                return f"case when {self._condition(scope, 0)} then {one}{end} end"
            case 3:
                return f"({one} {'+' if type_ == 'int' else '||'} {other})"
            case 4:
                return f"greatest({one}, {other})"
            case 5:
                return (
                    f"(select {name} from ({self.query(scope, depth - 1)}) as q{self._one('', ' where true')} limit 1)"
                )
            case 6:
                call = self._one(f"max({name})", f"coalesce(min({name}), {one})")
                return f"(select {call} from ({self.query(scope, depth - 1)}) as q{self._one('', ' offset 1')})"
            case 7:
                return f"(array[{one}, {other}])[{self._one('1', '3')}]"
            case 8:
                condition = f"({self._condition(scope, 0)})::text"
                return f"length({condition})" if type_ == "int" else condition
            case 9:
                order = self._one(*scope[type_], one)
                return f"{self._one('max', 'min')}({one}) over (order by {order}{self._one(*_FRAMES)})"
        return f"{self._one('lag', 'first_value')}({one}) over (order by {other})"

    def _aggregate(self, type_: str, scope: Scope, depth: int, key: str) -> str:
        value = self._value(type_, scope, min(depth, 1))
        only = self._one("", "", f" filter (where {self._condition(scope, 0)})")
        match self._random.randrange(5):
            case 0:
                return f"(array_agg({value}){only})[1]"
            case 1:
                return f"coalesce(max({value}){only}, {self._literal(type_)})"
            case 2:
                return f"count({value}){only}" if type_ == "int" else f"string_agg({value}, ','){only}"
            case 3:
                return f"max(min({value}){only}) over (order by count({key}){self._one(*_FRAMES)})"
        return f"max({value}){only}"

    def _literal(self, type_: str) -> str:
        return self._one(*_LITERALS[type_])

    def _alias(self) -> str:
        self._aliases += 1
        return f"x{self._aliases}"

    def _one(self, *choices: str) -> str:
        return self._random.choice(choices)


def _columns(alias: str) -> Scope:
    return {"int": [f"{alias}.n"], "text": [f"{alias}.t"]}


def _both(one: Scope, other: Scope) -> Scope:
    return {type_: one[type_] + other[type_] for type_ in one}
