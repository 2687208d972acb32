"""How PostgreSQL's functions and operators treat nulls, by name; nothing is known of those not listed."""

from typing import Final

AGGREGATES: Final = frozenset(
    {
        "any_value", "array_agg", "avg", "bool_and", "bool_or", "count", "every", "json_agg", "json_object_agg",
        "jsonb_agg", "jsonb_object_agg", "max", "min", "string_agg", "sum",
    }
)  # fmt: skip
# Functions that return null only if an argument is null. array_length isn't one: it's null for an empty array.
TOTAL_FUNCTIONS: Final = frozenset(
    {
        "abs", "age", "array_append", "array_to_string", "ascii", "btrim", "cardinality", "casefold", "ceil",
        "char_length", "chr", "concat_ws", "convert_to", "date_bin", "date_trunc", "div", "encode", "exp", "floor",
        "fold", "format", "gcd", "host", "initcap", "isempty", "isfinite", "jsonb_array_length", "jsonb_set",
        "jsonb_strip_nulls", "jsonb_typeof", "justify_days", "justify_hours", "justify_interval", "lcm", "left",
        "length", "ln", "log", "lower", "lpad", "ltrim", "make_date", "make_interval", "make_time",
        "make_timestamptz", "masklen", "md5", "merge_patch", "mod", "network", "normalize", "ntile", "octet_length",
        "overlay", "position", "power", "regexp_count", "regexp_like", "regexp_replace", "repeat", "replace", "reverse",
        "right", "round", "row_to_json", "rpad", "rtrim", "sha256", "sha512", "sign", "split_part", "sqrt",
        "starts_with", "strpos", "substr", "timezone", "to_json", "to_jsonb", "to_timestamp", "translate", "trim",
        "trunc", "upper",
    }
)  # fmt: skip
# Functions that never return null.
NEVER_NULL: Final = frozenset(
    {
        "clock_timestamp", "concat", "count", "cume_dist", "dense_rank", "gen_random_uuid", "json_build_array",
        "json_build_object", "jsonb_build_array", "jsonb_build_object", "now", "percent_rank", "random", "rank",
        "num_nonnulls", "num_nulls", "pg_backend_pid", "pg_postmaster_start_time", "row_number", "uuidv4", "uuidv7",
    }
)  # fmt: skip
# Those of NEVER_NULL that may return null if they have arguments.
NEVER_NULL_WITHOUT_ARGUMENTS: Final = frozenset({"random", "uuidv7"})
# Fields that `extract` gives for an infinite timestamp too; the others are null.
INFINITE_FIELDS: Final = frozenset(
    {"century", "decade", "epoch", "isoyear", "julian", "millennium", "year"},
)
# Window functions that give a value of another row; those of a frame give one wherever it has the row itself.
OF_FRAME: Final = frozenset({"first_value", "last_value"})
WINDOW_FUNCTIONS: Final = OF_FRAME | {"lag", "lead"}
# Functions that return null for a range that is unbounded on that side; with a text they change its case.
RANGE_BOUNDS: Final = frozenset({"lower", "upper"})
# Functions that turn JSON into exactly one record.
SINGLE_RECORD: Final = frozenset({"jsonb_to_record", "json_to_record", "jsonb_populate_record", "json_populate_record"})

# Operators that give null if there is no such key, path or point.
NULL_IF_MISSING: Final = frozenset({"->", "->>", "#>", "#>>", "@?", "@@", "#", "##"})
# Operators that read or test a key of a document.
KEY_OPERATORS: Final = frozenset({"->", "->>", "?"})
# Operators whose result is JSON if an operand is.
JSON_OPERATORS: Final = frozenset({"->", "#>", "||", "-", "#-"})
# Types to which a JSON null casts as SQL NULL.
JSON_NULL_IS_NULL: Final = frozenset({"bool", "float4", "float8", "int2", "int4", "int8", "numeric"})
