"""Patterns for JSON Schema, whose regular expressions are JavaScript's."""

import re
from typing import Final

# Python's white space; JavaScript's \s lacks the control characters and has U+FEFF.
_WHITE_SPACE: Final = r"\t-\r\u001c- \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_END: Final = r"$(?!\n)"
_PARTS: Final = re.compile(r"\[(?:\\.|[^\]\\])*\]|\\.|\$\(\?!\\n\)|.", re.DOTALL)


def portable(pattern: str) -> str:
    """Pattern that matches in JavaScript what `pattern` matches in Python."""
    return "".join(map(_portable, _PARTS.findall(pattern)))


def _portable(part: str) -> str:
    if part == _END:
        # JavaScript's "$" never matches before a newline at the end.
        return "$"
    if part == ".":
        return r"[^\n]"
    if part == r"\S":
        return f"[^{_WHITE_SPACE}]"
    return part.replace(r"\s", _WHITE_SPACE) if part.startswith("[") else part
