"""Compares what PostgreSQL and the parse tree say of a statement with its declaration."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from api.checks.contract.catalog import Catalog
from api.checks.contract.documents import hints_of
from api.checks.contract.naming import names_agree
from api.checks.contract.python_types import (
    Declared,
    has_null_elements,
    in_words,
    parse_hint,
    struct_of,
    type_mismatch,
)
from api.checks.contract.values import Columns, Value
from api.checks.faults import Message
from api.database.query import CALL, Query, is_struct


class Described(NamedTuple):
    """PostgreSQL's description of a statement: names and types of its columns, and types of its parameters."""

    names: tuple[str, ...]
    types: tuple[str, ...]
    parameters: tuple[str, ...]


class Comparison:
    """Finds where a query's declaration and a database differ."""

    def __init__(self, query: Query, catalog: Catalog) -> None:
        self._query = query
        self._catalog = catalog
        self._enums = catalog.enums

    def parameters(self, described: Described) -> Iterator[Message]:
        """Parameters of another type than declared."""
        for name, given in zip(self._query.statement.parameters, described.parameters, strict=True):
            type_ = self._catalog.base(given)
            hint, one = self._query.parameters[name], type_
            if self._query.statement.batch:
                if not type_.endswith("[]"):
                    yield f":{name} is {type_}: a :batch statement takes an array of what each call gives"
                    continue
                one = type_.removesuffix("[]")
            if (right := type_mismatch(one, hint, self._enums, gives=False)) is not None:
                yield f":{name} is {in_words(one, right)}, and the declaration says {parse_hint(hint)}"

    def unread(self, read_keys: Mapping[str, set[str]]) -> Iterator[Message]:
        """Fields of a JSON parameter that a statement reads keys of, but not these."""
        for name, keys in read_keys.items():
            hint = self._query.parameters[name]
            struct = struct_of(hint, many=False) or struct_of(hint, many=True)
            for field in struct.__struct_fields__:
                if field not in keys:
                    what = f"the field {field} of :{name}, which is {struct.__name__}"
                    yield f"{what}, goes nowhere: use it, or leave it out"

    def columns(self, described: Described, columns: Columns) -> Iterator[Message]:
        """Columns that are missing, too many, or of another type than their field."""
        if self._query.rows == "nothing":
            return
        for name, times in Counter(described.names).items():
            if times > 1:
                yield f"gives {times} columns of the name {name}: name them apart with `as`"
                return
        if len(columns) != len(described.names):
            yield "what * stands for isn't known here: name the columns"
            return
        values = dict(zip(described.names, (value for _, value in columns), strict=True))
        types = dict(zip(described.names, described.types, strict=True))
        if self._query.statement.batch:
            if described.names[:1] != (CALL,):
                yield f"is :batch, so its first column has to be {CALL}: the number of the call in the batch"
                return
            if values.pop(CALL).may_be_null or types.pop(CALL) != "int8":
                yield f"column {CALL} has to be the ordinality of the batch"
        if is_struct(self._query.row_type):
            yield from self._fields(types, values)
        elif len(types) == 1:
            [(name, type_)] = types.items()
            yield from self._single(name, type_, values[name])
        else:
            yield f"gives {len(types)} columns where {self._query.row_type} takes one"

    def _fields(self, types: Mapping[str, str], values: Mapping[str, Value]) -> Iterator[Message]:
        struct = self._query.row_type
        hints = hints_of(struct)
        for name, type_ in types.items():
            if name in hints:
                yield from self._column(name, type_, values[name], parse_hint(hints[name]))
            else:
                yield f"column {name} is no field of {struct.__name__}: add it there, or leave it out here"
        for name in hints:
            if name not in types:
                yield f"no column for the field {name} of {struct.__name__}: select it, or take it out there"

    def _single(self, name: str, type_: str, value: Value) -> Iterator[Message]:
        declared = parse_hint(self._query.row_type)
        if self._query.optional:
            # A missing row also gives None.
            declared = Declared(declared.type, nullable=True, absent=False, content=declared.content)
            value = value.as_nullable()
        yield from self._column(name, type_, value, declared)

    def _mismatch(self, type_: str, declared: Declared, *, in_document: bool) -> str | None:
        type_ = self._catalog.base(type_)
        if type_ in self._catalog.composites:
            what = f"a row of {', '.join(self._catalog.composites[type_])}"
            if not in_document:
                return f"{what}: give its fields, `(…).FIELD`, or `to_jsonb(…)` of it"
            return None if is_struct(declared.type) else what
        return type_mismatch(type_, declared.type, self._enums, gives=True, in_document=in_document)

    def _column(
        self, name: str, type_: Message | None, value: Value, declared: Declared, *, in_document: bool = False
    ) -> Iterator[Message]:
        if type_ is not None and (right := self._mismatch(type_, declared, in_document=in_document)) is not None:
            yield f"column {name} is {in_words(type_, right)}, and its type says {declared}"
        if value.may_be_null != declared.nullable:
            says = "may be null" if value.may_be_null else "is never null"
            yield f"column {name} {says}, and its type says {declared}"
        if (type_ or "").endswith("[]") and value.null_elements and not has_null_elements(declared.type):
            yield f"column {name} may have nulls in it, and its type says {declared}: leave those out"
        if declared.content is not None:
            yield from self._document(name, value, declared.content)
        elif in_document and type_ in self._catalog.composites and is_struct(declared.type):
            yield from self._document(name, value, declared.type)

    def _document(self, name: str, value: Value, content: Any) -> Iterator[Message]:
        """Differences between JSON that a statement builds of rows and the struct that it's decoded as."""
        many = struct_of(content, many=True)
        struct = many or struct_of(content, many=False)
        if value.keys is None or struct is None:
            yield f"column {name} is declared as JSON, and isn't built of rows: write json_agg or row_to_json of a row"
            return
        if value.listed != (many is not None):
            yield f"column {name} is {'a list' if value.listed else 'no list'}, and its type says {parse_hint(content)}"
            return
        hints = dict(zip(struct.__struct_encode_fields__, hints_of(struct).values(), strict=True))
        for key, part in value.keys.items():
            if key not in hints:
                what = f"the key {key} is no field of {struct.__name__}"
                yield f"column {name}: {what}: add it there, or leave it out here"
                continue
            declared = parse_hint(hints[key])
            for other in sorted(part.names):
                if not names_agree(other, key):
                    yield f"{other} becomes {key}: what is passed on keeps its name"
            if part.type is None and declared.content is None:
                yield f"column {name}: the type of the key {key} isn't known here: cast it"
            yield from self._column(f"{name}: the key {key}", part.type, part, declared, in_document=True)
        for key in hints:
            if key not in value.keys:
                yield f"column {name}: no key for the field {key} of {struct.__name__}: select it, or take it out there"
