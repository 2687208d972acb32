"""Built-in types of PostgreSQL, by their short names."""

from typing import Final

# Scalar types: `unnest` of their arrays gives one column, where that of composite types gives several.
PLAIN_TYPES: Final = frozenset(
    {
        "bool", "bytea", "date", "float4", "float8", "int2", "int4", "int8", "interval", "numeric", "text", "timestamp",
        "timestamptz", "uuid", "varchar",
    }
)  # fmt: skip
JSON_TYPES: Final = frozenset({"json", "jsonb"})
