"""A piece of SQL as PostgreSQL's own tokens, with the depth of their brackets, and edits of it."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from api.database.statements.lexer import code_tokens
from api.sql_parser.lexer import Keyword, Kind, Token

_OPENING: Final = frozenset({"(", "["})
_CLOSING: Final = frozenset({")", "]"})
# Words that begin another part of a statement, and so end the one before.
_STARTERS: Final = frozenset(
    {
        *("select", "from", "where", "group", "having", "order", "limit", "offset", "for", "union", "intersect"),
        *("except", "returning", "set", "values", "on", "using", "window", "join", "left", "right", "full", "inner"),
        *("cross", "natural", "when", "then", "else", "insert", "update", "delete", "merge", "with", "do", "as"),
        *("if", "elsif", "loop", "into", "begin", "end", "return", "raise", "execute", "perform"),
    }
)
_NAMES: Final = frozenset({Kind.IDENTIFIER, Kind.UNICODE_IDENTIFIER})


class Edit(NamedTuple):
    """What an operator does: pieces of a text, each from `start` to before `end` in characters, become others."""

    operator: str
    pieces: tuple[tuple[int, int, str], ...]

    def apply(self, text: str) -> str:
        for start, end, new in sorted(self.pieces, reverse=True):
            text = text[:start] + new + text[end:]
        return text

    def moved(self, by: int) -> "Edit":
        """The same edit of a text that has so many characters more before it."""
        return Edit(self.operator, tuple((start + by, end + by, new) for start, end, new in self.pieces))


class Code:
    """Tokens of a text, without comments; `depth` has how many brackets and `case`s each of them is in."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: Sequence[Token] = code_tokens(text)
        self.words = [token.text.lower() for token in self.tokens]
        self.depth, self.match = self._brackets()

    def __len__(self) -> int:
        return len(self.tokens)

    def word(self, index: int) -> str:
        """A token in lowercase; empty beyond either end."""
        return self.words[index] if 0 <= index < len(self.words) else ""

    def is_name(self, index: int) -> bool:
        if not 0 <= index < len(self):
            return False
        return self.tokens[index].kind in _NAMES or self.tokens[index].keyword == Keyword.UNRESERVED

    def find(self, *words: str) -> Iterator[int]:
        """Indexes at which tokens follow one another."""
        first, count = words[0], len(words)
        for index, word in enumerate(self.words):
            if word == first and self.words[index : index + count] == list(words):
                yield index

    def clause_end(self, start: int) -> int:
        """Index behind the last token of a clause that begins at `start`."""
        depth = self.depth[start]
        for index in range(start + 1, len(self)):
            if self.depth[index] < depth or (self.depth[index] == depth and self._ends_clause(index)):
                return index
        return len(self)

    def split(self, start: int, end: int, *separators: str) -> list[tuple[int, int]]:
        """Parts of a clause between separators at its own depth; the `and` of `between` is none."""
        parts, first, between = [], start, False
        for index in range(start, end):
            if self.depth[index] != self.depth[start]:
                continue
            word = self.words[index]
            if word == "between":
                between = True
            elif word == "and" and between:
                between = False
            elif word in separators:
                parts.append((first, index))
                first = index + 1
        return [*parts, (first, end)]

    def piece(self, start: int, end: int, new: str = "") -> tuple[int, int, str]:
        """Tokens from `start` to before `end` become a text."""
        return self.tokens[start].start, self.tokens[end - 1].end, new

    def without(self, start: int, end: int) -> tuple[int, int, str]:
        """Tokens go, and the space before them."""
        first = self.tokens[start - 1].end if start else self.tokens[start].start
        return first, self.tokens[end - 1].end, ""

    def edit(self, operator: str, start: int, end: int, new: str) -> Edit:
        return Edit(operator, (self.piece(start, end, new),))

    def lost(self, operator: str, start: int, end: int) -> Edit:
        return Edit(operator, (self.without(start, end),))

    def source(self, start: int, end: int) -> str:
        return self.text[self.tokens[start].start : self.tokens[end - 1].end] if start < end else ""

    def lost_parts(self, operator: str, parts: Sequence[tuple[int, int]]) -> Iterator[Edit]:
        """Each of several parts goes, with the separator beside it."""
        for number, (start, end) in enumerate(parts):
            if len(parts) > 1 and start < end:
                yield (
                    self.lost(operator, start - 1, end)
                    if number
                    else Edit(operator, ((self.tokens[start].start, self.tokens[end + 1].start, ""),))
                )

    def _ends_clause(self, index: int) -> bool:
        word, before = self.words[index], self.word(index - 1)
        if word == ";":
            return True
        if word == "from" and before == "distinct":
            return False
        if word in {"set", "update", "delete"} and before in {"on", "for", "key"}:
            return False
        return word in _STARTERS and before != "."

    def _brackets(self) -> tuple[list[int], dict[int, int]]:
        depths: list[int] = []
        match: dict[int, int] = {}
        stack: list[int] = []
        for index, word in enumerate(self.words):
            opened = self.words[stack[-1]] if stack else ""
            if (word in _CLOSING and opened in _OPENING) or (word == "end" and opened == "case"):
                match[stack.pop()] = index
            depths.append(len(stack))
            if word in _OPENING or (word == "case" and self.word(index - 1) != "end"):
                stack.append(index)
        return depths, match
