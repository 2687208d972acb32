"""What an input type looks like to the checks, and which types may be input at all."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, Protocol, runtime_checkable

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

from api.problems.problem import Invalid


@runtime_checkable
class Checked(Protocol):
    """A struct with rules across its fields, asked once each field is right by itself. Pointers are relative to it."""

    def problems(self) -> Iterator[Invalid]: ...


class Shape(NamedTuple):
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


def shape_of(type: Any) -> Shape:
    """Look at a type; slow, so keep what it gives.

    Raises:
        TypeError: the type can't be input: an integer has no `ge` and `le`, a moment needs no time zone, a union has
            several members besides None, or the checks don't know it.
        KeyError: `Meta(extra={"message": …})` names a message that there isn't.

    """
    kind = type_info(type)
    parts = list(_parts(kind))
    return Shape(
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
        Invalid("", message)  # raises if there is no such message
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
