"""Types of input: which types may be input at all, and what is in them that msgspec doesn't check."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, Protocol, runtime_checkable

from msgspec import UNSET, structs
from msgspec.inspect import (
    AnyType,
    BoolType,
    DateTimeType,
    DictType,
    EnumType,
    FloatType,
    IntType,
    ListType,
    LiteralType,
    Metadata,
    NoneType,
    StrType,
    StructType,
    Type,
    UnionType,
    type_info,
)

from api.problems.field_messages import MUST_BE_LATER
from api.problems.problem import Invalid
from api.problems.text import check_parameters


@runtime_checkable
class Checked(Protocol):
    """A struct with rules across its fields, asked once each field is right by itself. Pointers are relative to it."""

    def problems(self) -> Iterator[Invalid]: ...


def in_order(first: str, second: str) -> Callable[[Any], Iterator[Invalid]]:
    """Rule for a struct with a range: the field `second` has to be greater than the field `first` where both are given.

    It's the method `problems` of the struct: `problems = in_order("starts_at", "ends_at")`.
    """

    def problems(range: Any) -> Iterator[Invalid]:
        start, end = getattr(range, first), getattr(range, second)
        if start not in {None, UNSET} and end not in {None, UNSET} and end <= start:
            [name] = (field.encode_name for field in structs.fields(range) if field.name == second)
            yield Invalid(f"/{name}", MUST_BE_LATER)

    return problems


class InputType(NamedTuple):
    """An input type, and what is in it: rules that msgspec doesn't know, moments, and values of any type."""

    kind: Type
    has_rules: bool
    has_moments: bool
    is_open: bool


class Bare(NamedTuple):
    """A type without what is wrapped around it: whether it may be null, and what its `Meta(extra=…)` says."""

    kind: Type
    nullable: bool
    extra: Mapping[str, Any]


def unwrap(kind: Type) -> Bare:
    """Take the metadata and `| None` off a type."""
    nullable = False
    extra: dict[str, Any] = {}
    while isinstance(kind, Metadata | UnionType):
        if isinstance(kind, Metadata):
            extra |= kind.extra or {}
            kind = kind.type
        else:
            nullable = True
            [kind] = (member for member in kind.types if not isinstance(member, NoneType))
    return Bare(kind, nullable, extra)


def input_type(type: Any) -> InputType:
    """Look at a type; slow, so keep what it gives.

    Raises:
        TypeError: the type can't be input: an integer has no `ge` and `le`, a moment needs no time zone, a union has
            several members besides None, the checks don't know it, or the text of `Meta(extra={"message": …})` has
            parameters.

    """
    kind = type_info(type)
    parts = list(_parts(kind))
    return InputType(
        kind=kind,
        has_rules=any("rule" in bare.extra or _is_checked(bare.kind) for bare in parts),
        has_moments=any(isinstance(bare.kind, DateTimeType) for bare in parts),
        is_open=any(isinstance(bare.kind, AnyType) for bare in parts),
    )


def _parts(kind: Type) -> Iterator[Bare]:
    try:
        bare = unwrap(kind)
    except ValueError:
        raise TypeError(f"no union of several types can be input: {kind}") from None
    if message := bare.extra.get("message"):
        check_parameters(message, {}, message.en)
    yield bare
    match bare.kind:
        case StructType(fields=fields, array_like=False, tag=None):
            for field in fields:
                yield from _parts(field.type)
        case ListType(item_type=items):
            yield from _parts(items)
        case DictType(key_type=(StrType() | AnyType()) as keys, value_type=values):
            yield from _parts(keys)
            yield from _parts(values)
        case IntType(gt=None, lt=None, multiple_of=None, ge=int(), le=int()) | DateTimeType(tz=True):
            pass
        case (
            FloatType(gt=None, lt=None, multiple_of=None)
            | AnyType()
            | BoolType()
            | EnumType()
            | LiteralType()
            | StrType()
        ):
            pass
        case _:
            raise TypeError(f"not a type of input, or without the limits that it needs: {bare.kind}")


def _is_checked(kind: Type) -> bool:
    return isinstance(kind, StructType) and issubclass(kind.cls, Checked)
