"""PostgreSQL's own types, by their short names."""

from typing import Final

# Types of single values: an array of them is one column in a `from`, where one of rows is several.
PLAIN_TYPES: Final = frozenset(
    {
        "bool", "bytea", "date", "float4", "float8", "int2", "int4", "int8", "interval", "numeric", "text", "timestamp",
        "timestamptz", "uuid", "varchar",
    }
)  # fmt: skip
JSON_TYPES: Final = frozenset({"json", "jsonb"})
