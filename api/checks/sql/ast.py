"""Nodes of PostgreSQL's parse tree as classes, for patterns like `ast.ColumnRef(fields=[ast.String(sval=name)])`.

Names of classes, attributes and enums are those of PostgreSQL's parsenodes.h and primnodes.h. The classes are made of
postgast's description of them all, so nothing of a tree is lost; only `json_arrayagg` and `json_objectagg` become the
calls of functions that they stand for. A node has all attributes of its class: a number or a flag that isn't given is 0
or False, all else is None, an empty list too. Lists are tuples. An enum's value is its name.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any, Final, NamedTuple

from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorSet

from api.sql_parser.library import package_file
from api.sql_parser.parser import parse

_FILES: Final = FileDescriptorSet.FromString(package_file("pg_query.desc").read_bytes()).file
_MESSAGES: Final = {message.name: message for file in _FILES for message in file.message_type}
_ENUMS: Final = {enum.name: enum for file in _FILES for enum in file.enum_type}
_LISTS: Final = frozenset({"List", "IntList", "OidList"})
# `json_arrayagg(x order by y)` is `json_agg(x order by y)` in all that matters here.
_AGGREGATES: Final = {"JsonArrayAgg": "agg", "JsonObjectAgg": "object_agg"}
# Types of what is None if it isn't given.
_ABSENT: Final = frozenset(
    {FieldDescriptorProto.TYPE_MESSAGE, FieldDescriptorProto.TYPE_STRING, FieldDescriptorProto.TYPE_ENUM}
)


class Node:
    """Base of the nodes; takes the attributes by name."""

    __slots__: tuple[str, ...] = ()

    def __init__(self, **given: Any) -> None:
        defaults = _shape(type(self).__name__).defaults
        # Most nodes are made without attributes.
        if given and (strangers := given.keys() - defaults):
            raise TypeError(f"{type(self).__name__} has no {', '.join(sorted(strangers))}")
        for name, default in defaults.items():
            setattr(self, name, default)
        for name, value in given.items():
            setattr(self, name, value)


class _Shape(NamedTuple):
    """The class of a kind of nodes, what its attributes are if they aren't given, and the attributes of its members."""

    made: type[Node]
    defaults: Mapping[str, Any]
    members: Mapping[str, tuple[str, Any]]


def parse_sql(text: str) -> list[Any]:
    """Nodes of the statements in a text; locations are in characters.

    Raises:
        ParseError: a syntax error, or a statement that is too deep for Python.

    """
    return [_node("Node", statement.tree) for statement in parse(text)]


@lru_cache(maxsize=256)
def tree_of(statement: str) -> Any:
    """The tree of one statement, for checks that read it one after another: nobody may change it.

    Raises:
        ParseError: a syntax error, or a statement that is too deep for Python.
        ValueError: the text has several statements.

    """
    [tree] = parse_sql(statement)
    return tree


def __getattr__(name: str) -> Any:
    """The class or enum of a name, which is made when it's first asked for."""
    if name in _ENUMS:
        globals()[name] = StrEnum(name, {value.name: value.name for value in _ENUMS[name].value})
    elif name in _MESSAGES and name != "Node":
        globals()[name] = _shape(name).made
    else:
        raise AttributeError(f"PostgreSQL has no node or enum {name}", name=name)
    return globals()[name]


@cache
def _shape(kind: str) -> _Shape:
    message = _MESSAGES[kind]
    # Members that exclude each other, such as the constants of an A_Const, are one attribute.
    members = {
        field.json_name: (
            message.oneof_decl[field.oneof_index].name if field.HasField("oneof_index") else field.json_name,
            field,
        )
        for field in message.field
    }
    defaults = {name: _default(field) for name, field in members.values()}
    return _Shape(type(kind, (Node,), {"__slots__": tuple(defaults)}), defaults, members)


def _default(field: Any) -> Any:
    if field.label == FieldDescriptorProto.LABEL_REPEATED or field.type in _ABSENT:
        return None
    return False if field.type == FieldDescriptorProto.TYPE_BOOL else 0


def _node(kind: str, given: Mapping[str, Any]) -> Any:
    """The node of a member of the tree; its kind is `Node` if the member itself says what it is."""
    if kind == "Node":
        if not given:
            return None
        [(kind, given)] = given.items()
    if kind in _LISTS:
        return tuple([_node("Node", item) for item in given.get("items", ())])
    shape = _shape(kind)
    node = shape.made()
    for name, value in given.items():
        attribute, field = shape.members[name]
        setattr(node, attribute, _value(field, value))
    return _call(node) if kind in _AGGREGATES else node


def _call(node: Any) -> Any:
    """The call of a function that an aggregate in the words of the SQL standard stands for."""
    how = node.constructor
    given = how.output.typeName.names[-1].sval if how.output is not None else "json"
    pair = (node.arg.key, node.arg.value.raw_expr) if hasattr(node.arg, "key") else (node.arg.raw_expr,)
    name = _shape("String").made(sval=f"{'jsonb' if given == 'jsonb' else 'json'}_{_AGGREGATES[type(node).__name__]}")
    attributes = {"agg_order": how.agg_order, "agg_filter": how.agg_filter, "over": how.over, "location": how.location}
    return _shape("FuncCall").made(funcname=(name,), args=pair, **attributes)


def _value(field: Any, value: Any) -> Any:
    if field.type != FieldDescriptorProto.TYPE_MESSAGE:
        return value
    kind = field.type_name.rpartition(".")[2]
    if field.label == FieldDescriptorProto.LABEL_REPEATED:
        return tuple([_node(kind, item) for item in value])
    return _node(kind, value)
