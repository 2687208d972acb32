"""The C library of PostgreSQL's parser.

Of postgast only the declarations of the library's functions are loaded. The package itself imports protobuf and a class
for each kind of node: 140 ms and 20 MB of every worker, and more than 47 operators in a row are too deep for it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any, Final, NamedTuple


class ParseError(ValueError):
    """A text is no SQL; the arguments are the reason, and the position in characters, from 0."""

    def __init__(self, reason: str, position: int) -> None:
        super().__init__(reason, position)
        self.reason = reason
        self.position = position


class Answer(NamedTuple):
    """What a function of the library says of a text: its C struct, and the position in characters of each byte."""

    struct: Any
    places: Sequence[int]


@contextmanager
def called(function: str, text: str) -> Iterator[Answer]:
    """The answer of `pg_query_parse` or `pg_query_scan`, whose memory is the library's and freed after the block.

    Raises:
        ParseError: PostgreSQL's lexer or parser refuses the text.

    """
    encoded = text.encode()
    struct = getattr(_LIBRARY, function)(encoded)
    try:
        if struct.error:
            error = struct.error.contents
            # In characters from 1, whatever postgast says of it; tokens and trees count bytes.
            raise ParseError(error.message.decode(), max(error.cursorpos - 1, 0))
        yield Answer(struct, _characters(text, encoded))
    finally:
        getattr(_LIBRARY, function.replace("pg_query_", "pg_query_free_") + "_result")(struct)


def _characters(text: str, encoded: bytes) -> Sequence[int]:
    """The position in characters of each byte, and of the end."""
    if text.isascii():
        return range(len(encoded) + 1)
    return [*(place for place, character in enumerate(text) for _ in character.encode()), len(text)]


def package_file(name: str) -> Path:
    """A file of the package postgast, which isn't imported for it."""
    package = find_spec("postgast")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("postgast isn't installed", name="postgast")
    return Path(package.origin).with_name(name)


def _load() -> Any:
    spec = spec_from_file_location("postgast_native", package_file("native.py"))
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError("postgast has no native.py", name="postgast.native")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.lib


_LIBRARY: Final = _load()
