"""Values on both sides of the edges of what several check constraints demand."""

from typing import Final, NamedTuple


class Values(NamedTuple):
    """Values in SQL that constraints of a kind take and refuse."""

    takes: tuple[str, ...]
    refuses: tuple[str, ...]


# Two bytes each, so that who counts bytes counts too many.
def text(least: int, most: int) -> Values:
    refuses = [f"repeat('é', {most + 1})", *[f"repeat('é', {least - 1})"] * bool(least)]
    return Values((f"repeat('é', {least})", f"repeat('é', {most})"), tuple(refuses))


def bytes_of(least: int, most: int) -> Values:
    takes, refuses = (least, most), (least - 1, most + 1)
    return Values(
        tuple(f"decode(repeat('ff', {number}), 'hex')" for number in takes),
        tuple(f"decode(repeat('ff', {number}), 'hex')" for number in refuses),
    )


def number(least: int, most: int) -> Values:
    return Values((str(least), str(most)), (str(least - 1), str(most + 1)))


def title(most: int) -> Values:
    """Texts that have more than space in them."""
    return Values(
        ("'a'", f"repeat('é', {most})", "e' a\\n'"),
        ("''", "' '", "e'\\t\\r\\n'", "u&'\\00a0\\3000'", "e'\\x1c\\x1f'", f"repeat('é', {most + 1})"),
    )


def list_of(items: int, length: int) -> Values:
    return Values(
        ("'{}'", "array['']", f"array_fill(repeat('é', {length}), array[{items}])"),
        (
            f"array_fill('a'::text, array[{items + 1}])",
            f"array['a', repeat('é', {length + 1})]",
            "array['a', null]",
            "array[['a'], ['b']]",
        ),
    )


def object_of(most: int) -> Values:
    """JSON objects of some bytes; `{"a": ""}` has 9."""
    return Values(
        ("'{}'", f"jsonb_build_object('a', repeat('b', {most - 9}))"),
        (
            "'[]'", "'1'", "'\"a\"'", "'null'",
            f"jsonb_build_object('a', repeat('b', {most - 8}))",
            f"jsonb_build_object('a', repeat('é', {most // 2 - 4}))",
            f"to_jsonb(repeat('b', {most + 1}))",
        ),
    )  # fmt: skip


DIGEST: Final = bytes_of(32, 32)
EMAIL: Final = Values(
    ("'a@b'", "'é.ü+1@ö-2'", "repeat('a', 252) || '@b'", "'a@' || repeat('b', 252)"),
    (
        "''", "'@b'", "'a@'", "'abc'", "'@bc'", "'ab@'", "'a@@b'", "'a@b@c'", "'a b@c'", "'a@b c'", "' a@b'", "'a@b '",
        "e'\\na@b'", "e'a@b\\n'", "repeat('a', 253) || '@b'", "repeat('é', 300)",
    ),
)  # fmt: skip
_REFUSED_WORDS: Final = (
    "''", "'A'", "'Z'", "'1'", "'a1'", "'aB'", "'é'", "'_'", "'_a'", "'a_'", "'a__b'", "'a-b'", "'a b'", "e'\\na'",
    "e'a\\n'", "repeat('a', 51)", "repeat('1', 51)",
)  # fmt: skip
WORD: Final = Values(("'a'", "'z'", "'a_z'", "'za_a_z'", "repeat('z', 50)", "repeat('a_', 24) || 'az'"), _REFUSED_WORDS)
MOMENT: Final = Values(
    ("'0001-01-01 00:00:00+00'", "'9999-12-31 23:59:59.999999+00'", "'10000-01-01 00:59:59+01'"),
    (
        "'0001-12-31 23:59:59.999999+00 BC'", "'10000-01-01 00:00:00+00'", "'0001-01-01 00:59:59+01'",
        "'9999-12-31 23:00:00-01'", "'infinity'", "'-infinity'",
    ),
)  # fmt: skip
WORDS: Final = Values(
    ("array['a']", "array['a b', '0', 'z9']", "array_fill(repeat('a', 50), array[100])"),
    (
        "'{}'", "array['']", "array['a', '']", "array['', 'a']", "array['a', '', 'b']", "array['a', null]",
        "array[['a'], ['b']]", "array_fill('a'::text, array[101])", "array['a', repeat('a', 51)]",
        "array['a', 'B']", "array['é']", "array['a-b']", "array[' a']", "array['a ']", "array['a  b']",
    ),
)  # fmt: skip
# 161 characters: the scrypt hash of the system before.
SCRYPT: Final = Values(
    (
        "repeat('0', 128) || '.' || repeat('0', 32)",
        "repeat('9a', 64) || '.' || repeat('9a', 16)",
        "repeat('f', 128) || '.' || repeat('f', 32)",
    ),
    (
        "''",
        "repeat('0', 127) || '.' || repeat('0', 32)",
        "repeat('0', 129) || '.' || repeat('0', 32)",
        "repeat('0', 128) || '.' || repeat('0', 31)",
        "repeat('0', 128) || '.' || repeat('0', 33)",
        "repeat('g', 128) || '.' || repeat('0', 32)",
        "repeat('0', 128) || '.' || repeat('g', 32)",
        "repeat('A', 128) || '.' || repeat('0', 32)",
        "repeat('0', 128) || '.' || repeat('A', 32)",
        "repeat('0', 128) || '0' || repeat('0', 32)",
        "repeat('0', 160)",
        "e'\\n' || repeat('0', 128) || '.' || repeat('0', 32)",
        "repeat('0', 128) || '.' || repeat('0', 32) || e'\\n'",
        "repeat('0', 256)",
    ),
)
