"""All problem types of the service: the general ones, and each feature's own."""

from collections.abc import Iterator
from importlib import import_module
from typing import Final

from api.app import FEATURES
from api.problems import types
from api.problems.types import ProblemType


def _types() -> Iterator[ProblemType]:
    for module in (types, *(import_module(f"api.{name}.facts") for name in FEATURES)):
        yield from (value for value in vars(module).values() if isinstance(value, ProblemType))


PROBLEMS: Final = {type.code: type for type in _types()}
