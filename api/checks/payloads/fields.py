"""Fields of payloads: which column each is written to, what it takes, where it stands."""

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple, get_args

import msgspec
from msgspec import NODEFAULT, UNSET
from msgspec.inspect import ListType
from msgspec.json import Decoder

from api.checks.contract.documents import hints_of
from api.checks.contract.python_types import take_apart
from api.checks.payloads.probes import bare
from api.facts import Payload
from api.http.validation import decode_json
from api.problems.problem import Problem

_LIMITS: Final = ("values", "min_length", "max_length", "ge", "le", "pattern")


class Field(NamedTuple):
    """A field of a payload, the type of its values (or of the items of its list), their table and column."""

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
        return take_apart(self.type).nullable

    @property
    def required(self) -> bool:
        return self._info.required

    @property
    def default(self) -> Any:
        """What it is where it's absent, as JSON; UNSET where that says nothing."""
        info = self._info
        default = info.default if info.default_factory is NODEFAULT else info.default_factory()
        return UNSET if default is UNSET else msgspec.to_builtins(default)

    @property
    def limits(self) -> str:
        """What it allows, as its type has it."""
        kind = bare(self.type)
        return " of ".join(map(_limits, (kind, bare(kind.item_type)) if isinstance(kind, ListType) else (kind,)))

    @property
    def _info(self) -> msgspec.structs.FieldInfo:
        [info] = [each for each in msgspec.structs.fields(self.struct) if each.name == self.name]
        return info

    def acceptance(self) -> Callable[[Any], bool]:
        """Whether the service takes a value."""
        decoder = Decoder(msgspec.defstruct(self.struct.__name__, [("field", self.type)]))

        def accepts(value: Any) -> bool:
            try:
                decode_json(msgspec.json.encode({"field": value}), decoder)
            except Problem:
                return False
            return True

        return accepts

    def place(self) -> tuple[Path, int]:
        """File and line, of its struct where it's inherited."""
        try:
            lines, start = inspect.getsourcelines(self.struct)
        except (OSError, TypeError):
            return Path(), 0  # A struct that no file defines.
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
        kind = get_args(take_apart(hint).type)[0] if items else hint
        yield Field(payload.struct, name, kind, table, column, items is not None, payload.is_patch)


def _limits(kind: Any) -> str:
    named = {name: getattr(kind, name, None) for name in _LIMITS}
    says = ", ".join(f"{name} {value}" for name, value in named.items() if value is not None)
    return f"{type(kind).__name__.removesuffix('Type').lower()} {says}".strip()
