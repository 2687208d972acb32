"""What PostgreSQL's functions and operators make of nulls, by name. Of what isn't here nothing is known."""

from typing import Final

AGGREGATES: Final = frozenset(
    {
        "array_agg", "avg", "bool_and", "bool_or", "count", "json_agg", "json_object_agg", "jsonb_agg",
        "jsonb_object_agg", "max", "min", "string_agg", "sum",
    }
)  # fmt: skip
# Functions that give something for whatever is something: no array_length, which gives null for an empty array.
TOTAL: Final = frozenset(
    {
        "abs", "array_append", "array_to_string", "btrim", "cardinality", "ceil", "char_length", "convert_to",
        "date_trunc", "encode", "floor", "fold", "initcap", "jsonb_array_length", "jsonb_set", "jsonb_strip_nulls",
        "jsonb_typeof", "left", "length", "lower", "md5", "merge_patch", "mod", "ntile", "octet_length", "position",
        "regexp_replace", "repeat", "replace", "reverse", "right", "round", "row_to_json", "sha256", "split_part",
        "timezone", "to_json", "to_jsonb", "trim", "upper",
    }
)  # fmt: skip
# These give something of nothing.
ALWAYS: Final = frozenset(
    {
        "clock_timestamp", "concat", "count", "cume_dist", "dense_rank", "gen_random_uuid", "json_build_array",
        "json_build_object", "jsonb_build_array", "jsonb_build_object", "now", "percent_rank", "random", "rank",
        "row_number", "uuidv7",
    }
)  # fmt: skip
# Of these only where they are given nothing.
OF_NOTHING: Final = frozenset({"random", "uuidv7"})
# Fields that `extract` gives of infinity too: its hour is null.
MONOTONIC_FIELDS: Final = frozenset(
    {"century", "decade", "epoch", "isoyear", "julian", "millennium", "year"},
)
# The end of a range that has none is null.
ENDS: Final = frozenset({"lower", "upper"})
# Functions that make a record of JSON: one, whatever they are given.
ONE_RECORD: Final = frozenset({"jsonb_to_record", "json_to_record", "jsonb_populate_record", "json_populate_record"})

# Operators that give null where a key, a path or a point isn't there.
MAY_LACK: Final = frozenset({"->", "->>", "#>", "#>>", "@?", "@@", "#", "##"})
KEYED: Final = frozenset({"->", "->>", "?"})
# Operators that give JSON of JSON.
OF_JSON: Final = frozenset({"->", "#>", "||", "-", "#-"})
# Types of one value, which no row and no list stand behind, and no jsonb.
PLAIN: Final = frozenset(
    {
        "bool", "bytea", "date", "float4", "float8", "int2", "int4", "int8", "interval", "numeric", "text", "timestamp",
        "timestamptz", "uuid", "varchar",
    }
)  # fmt: skip
# What a jsonb of null is null as.
SCALARS: Final = frozenset({"bool", "float4", "float8", "int2", "int4", "int8", "numeric"})
