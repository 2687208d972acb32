"""Built-in types of PostgreSQL, by their short names."""

from typing import Final

# Scalar types: `unnest` of their arrays gives one column, where that of composite types gives several.
PLAIN_TYPES: Final = frozenset(
    {
        "bool", "bpchar", "bytea", "cidr", "date", "float4", "float8", "inet", "int2", "int4", "int8", "interval",
        "numeric", "text", "time", "timestamp", "timestamptz", "timetz", "uuid", "varchar",
        "daterange", "int4range", "int8range", "numrange", "tsrange", "tstzrange",
        "datemultirange", "int4multirange", "int8multirange", "nummultirange", "tsmultirange", "tstzmultirange",
    }
)  # fmt: skip
JSON_TYPES: Final = frozenset({"json", "jsonb"})
