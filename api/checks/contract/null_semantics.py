"""How PostgreSQL's functions and operators treat nulls, by name; nothing is known of those not listed."""

from typing import Final

AGGREGATES: Final = frozenset(
    {
        "array_agg", "avg", "bool_and", "bool_or", "count", "json_agg", "json_object_agg", "jsonb_agg",
        "jsonb_object_agg", "max", "min", "string_agg", "sum",
    }
)  # fmt: skip
# Functions that return null only if an argument is null. array_length isn't one: it's null for an empty array.
TOTAL_FUNCTIONS: Final = frozenset(
    {
        "abs", "array_append", "array_to_string", "btrim", "cardinality", "ceil", "char_length", "convert_to",
        "date_trunc", "encode", "floor", "fold", "initcap", "jsonb_array_length", "jsonb_set", "jsonb_strip_nulls",
        "jsonb_typeof", "left", "length", "lower", "md5", "merge_patch", "mod", "ntile", "octet_length", "position",
        "regexp_replace", "repeat", "replace", "reverse", "right", "round", "row_to_json", "sha256", "split_part",
        "timezone", "to_json", "to_jsonb", "trim", "upper",
    }
)  # fmt: skip
# Functions that never return null.
NEVER_NULL: Final = frozenset(
    {
        "clock_timestamp", "concat", "count", "cume_dist", "dense_rank", "gen_random_uuid", "json_build_array",
        "json_build_object", "jsonb_build_array", "jsonb_build_object", "now", "percent_rank", "random", "rank",
        "row_number", "uuidv7",
    }
)  # fmt: skip
# Those of NEVER_NULL that may return null if they have arguments.
NEVER_NULL_WITHOUT_ARGUMENTS: Final = frozenset({"random", "uuidv7"})
# Fields that `extract` gives for an infinite timestamp too; the others are null.
INFINITE_FIELDS: Final = frozenset(
    {"century", "decade", "epoch", "isoyear", "julian", "millennium", "year"},
)
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
