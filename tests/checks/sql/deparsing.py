"""Turns trees back into SQL, for mutants of statements."""

from collections.abc import Iterable
from typing import Any

import postgast
from google.protobuf.json_format import ParseDict
from postgast.pg_query_pb2 import ParseResult

from api.checks.sql import ast


def deparse(statement: Any) -> str:
    """SQL of a statement's node."""
    return str(postgast.deparse(message_of([statement])))


def message_of(statements: Iterable[Any]) -> Any:
    """The message of protobuf for the nodes of statements."""
    return ParseDict({"stmts": [{"stmt": _wrapped(statement)} for statement in statements]}, ParseResult())


def _wrapped(value: Any) -> Any:
    """A value as a member of PostgreSQL's tree in JSON that says itself which kind of node it is."""
    match value:
        case None:
            return {}
        case tuple():
            return {"List": {"items": [_wrapped(item) for item in value]}}
    return {type(value).__name__: _members(value)}


def _members(node: Any) -> dict[str, Any]:
    return {
        member: _member(field, part)
        for member, (attribute, field) in ast._shape(type(node).__name__).members.items()
        if (part := getattr(node, attribute)) is not None
        and (attribute == member or type(part).__name__ == _kind(field))
    }


def _member(field: Any, part: Any) -> Any:
    if field.type != field.TYPE_MESSAGE:
        return part
    if field.label == field.LABEL_REPEATED:
        return [_wrapped(item) for item in part]
    return _wrapped(part) if _kind(field) == "Node" else _members(part)


def _kind(field: Any) -> str:
    return str(field.type_name.rpartition(".")[2])
