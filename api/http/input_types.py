"""Types of input: those that are allowed, and the parts of them that msgspec doesn't check."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, Protocol, runtime_checkable

from msgspec import UNSET, structs
from msgspec.inspect import (
    AnyType,
    BoolType,
    DateTimeType,
    DateType,
    DecimalType,
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
    TimeDeltaType,
    TimeType,
    Type,
    UnionType,
    UUIDType,
    type_info,
)

from api.problems.field_messages import MUST_BE_LATER
from api.problems.problem import Violation
from api.problems.text import check_parameters


@runtime_checkable
class Checked(Protocol):
    """A struct with rules across its fields, checked once each field is valid; pointers are relative to it."""

    def violations(self) -> Iterator[Violation]: ...


def in_order(first: str, second: str) -> Callable[[Any], Iterator[Violation]]:
    """Rule that the field `second` is greater than the field `first` where both are given.

    A struct takes it as its method: `violations = in_order("starts_at", "ends_at")`.
    """

    def violations(range: Any) -> Iterator[Violation]:
        start, end = getattr(range, first), getattr(range, second)
        if start not in {None, UNSET} and end not in {None, UNSET} and end <= start:
            [name] = (field.encode_name for field in structs.fields(range) if field.name == second)
            yield Violation(f"/{name}", MUST_BE_LATER)

    return violations


class InputType(NamedTuple):
    """An input type, and whether it contains rules that msgspec doesn't know, moments, or values of any type."""

    kind: Type
    has_rules: bool
    has_moments: bool
    has_any: bool


class Unwrapped(NamedTuple):
    """A type without metadata and `| None`; `extra` is that of its `Meta`."""

    kind: Type
    nullable: bool
    extra: Mapping[str, Any]


def unwrap(kind: Type) -> Unwrapped:
    """Remove the metadata and `| None` from a type."""
    nullable = False
    extra: dict[str, Any] = {}
    while isinstance(kind, Metadata | UnionType):
        if isinstance(kind, Metadata):
            extra |= kind.extra or {}
            kind = kind.type
        else:
            nullable = True
            [kind] = (member for member in kind.types if not isinstance(member, NoneType))
    return Unwrapped(kind, nullable, extra)


def input_type(type: Any) -> InputType:
    """Inspect a type; this is slow, so keep the result.

    Raises:
        TypeError: the type isn't allowed as input: an integer lacks `ge` or `le`, a moment lacks `tz=True`, a time of
            day `tz=False`, a Decimal `decimal(…)`, a union has several members besides None, the checks don't know it,
            or the text of `Meta(extra={"message": …})` has parameters.

    """
    kind = type_info(type)
    parts = list(_parts(kind))
    return InputType(
        kind=kind,
        has_rules=any("rule" in part.extra or _is_checked(part.kind) for part in parts),
        has_moments=any(isinstance(part.kind, DateTimeType) for part in parts),
        has_any=any(isinstance(part.kind, AnyType) for part in parts),
    )


def _parts(kind: Type) -> Iterator[Unwrapped]:
    try:
        part = unwrap(kind)
    except ValueError:
        raise TypeError(f"no union of several types can be input: {kind}") from None
    if message := part.extra.get("message"):
        check_parameters(message, {}, message.en)
    yield part
    match part.kind:
        case StructType(fields=fields, array_like=False, tag=None):
            for field in fields:
                yield from _parts(field.type)
        case ListType(item_type=items):
            yield from _parts(items)
        case DictType(key_type=(StrType() | AnyType()) as keys, value_type=values):
            yield from _parts(keys)
            yield from _parts(values)
        case _ if not _is_allowed(part):
            raise TypeError(f"not a type of input, or without the limits that it needs: {part.kind}")


def _is_allowed(part: Unwrapped) -> bool:
    """Whether a type of single values is allowed as input."""
    match part.kind:
        case (
            IntType(gt=None, lt=None, multiple_of=None, ge=int(), le=int())
            | FloatType(gt=None, lt=None, multiple_of=None)
        ):
            return True
        case DateTimeType(tz=True) | DateType() | TimeType(tz=False) | TimeDeltaType() | UUIDType():
            return True
        case DecimalType():
            return "rule" in part.extra
    return isinstance(part.kind, AnyType | BoolType | EnumType | LiteralType | StrType)


def _is_checked(kind: Type) -> bool:
    return isinstance(kind, StructType) and issubclass(kind.cls, Checked)
