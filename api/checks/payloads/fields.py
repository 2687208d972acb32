"""Fields of payloads: their column, the values that they accept, and their place in the code."""

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple, get_args

import msgspec
from msgspec import NODEFAULT, UNSET
from msgspec.inspect import ListType
from msgspec.json import Decoder

from api.checks.contract.documents import hints_of
from api.checks.contract.python_types import parse_hint
from api.checks.payloads.probes import value_type
from api.facts import Payload
from api.http.validation import decode_json
from api.problems.problem import Problem

_LIMITS: Final = ("values", "min_length", "max_length", "ge", "le", "pattern")


class Field(NamedTuple):
    """A field of a payload, its type (or that of its list's items), and the table and column of its values."""

    struct: Any
    name: str
    type: Any
    table: str
    column: str
    is_item: bool
    is_patch: bool

    def __str__(self) -> str:
        return f"{self.struct.__name__}.{self.name}"

    @property
    def nullable(self) -> bool:
        return parse_hint(self.type).nullable

    @property
    def required(self) -> bool:
        return self._info.required

    @property
    def default(self) -> Any:
        """Its value as JSON if it's absent; UNSET if an absent field stays absent."""
        info = self._info
        default = info.default if info.default_factory is NODEFAULT else info.default_factory()
        return UNSET if default is UNSET else msgspec.to_builtins(default)

    def is_value(self, written: Any) -> bool:
        """Whether its value if it's absent is the one that JSON has for a column's."""
        try:
            [default, other] = [msgspec.convert(each, self.type, strict=False) for each in (self.default, written)]
        except msgspec.ValidationError:
            return False
        return bool(default == other)

    @property
    def limits(self) -> str:
        """Its type and limits in words."""
        kind = value_type(self.type)
        return " of ".join(map(_limits, (kind, value_type(kind.item_type)) if isinstance(kind, ListType) else (kind,)))

    @property
    def _info(self) -> msgspec.structs.FieldInfo:
        [info] = [each for each in msgspec.structs.fields(self.struct) if each.name == self.name]
        return info

    def acceptor(self) -> Callable[[Any], bool]:
        """Function that tells whether the service accepts a value."""
        decoder = Decoder(msgspec.defstruct(self.struct.__name__, [("field", self.type)]))

        def accepts(value: Any) -> bool:
            try:
                decode_json(msgspec.json.encode({"field": value}), decoder)
            except Problem:
                return False
            return True

        return accepts

    def source_place(self) -> tuple[Path, int]:
        """File and line of the field, or of its struct if the field is inherited."""
        try:
            lines, start = inspect.getsourcelines(self.struct)
        except (OSError, TypeError):
            return Path(), 0  # The struct is defined in no file.
        offset = next((number for number, line in enumerate(lines) if line.strip().startswith(f"{self.name}:")), 0)
        return Path(inspect.getfile(self.struct)), start + offset


def fields_of(payload: Payload) -> Iterator[Field]:
    """Fields of a payload that are written to a column."""
    for name, hint in hints_of(payload.struct).items():
        if name in payload.unwritten:
            continue
        items = payload.columns.get(f"{name}[]")
        place = items or payload.columns.get(name) or f"{payload.table}.{name}"
        table, _, column = place.partition(".")
        kind = get_args(parse_hint(hint).type)[0] if items else hint
        yield Field(payload.struct, name, kind, table, column, items is not None, payload.is_patch)


def _limits(kind: Any) -> str:
    named = {name: getattr(kind, name, None) for name in _LIMITS}
    says = ", ".join(f"{name} {value}" for name, value in named.items() if value is not None)
    return f"{type(kind).__name__.removesuffix('Type').lower()} {says}".strip()
