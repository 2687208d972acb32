"""What PostgreSQL's functions and operators make of nulls, by name. Of what isn't here nothing is known."""

from typing import Final

AGGREGATES: Final = frozenset(
    {
        "array_agg", "avg", "bool_and", "bool_or", "count", "json_agg", "json_object_agg", "jsonb_agg",
        "jsonb_object_agg", "max", "min", "string_agg", "sum",
    }
)  # fmt: skip
# Functions that are null only if an argument is. array_length isn't one: an empty array has none.
NULL_OF_NULL: Final = frozenset(
    {
        "abs", "array_append", "array_to_string", "btrim", "cardinality", "ceil", "char_length", "convert_to",
        "date_trunc", "encode", "floor", "fold", "initcap", "jsonb_array_length", "jsonb_set", "jsonb_strip_nulls",
        "jsonb_typeof", "left", "length", "lower", "md5", "merge_patch", "mod", "ntile", "octet_length", "position",
        "regexp_replace", "repeat", "replace", "reverse", "right", "round", "row_to_json", "sha256", "split_part",
        "timezone", "to_json", "to_jsonb", "trim", "upper",
    }
)  # fmt: skip
# Functions that are never null, whatever their arguments are.
NEVER_NULL: Final = frozenset(
    {
        "clock_timestamp", "concat", "count", "cume_dist", "dense_rank", "gen_random_uuid", "json_build_array",
        "json_build_object", "jsonb_build_array", "jsonb_build_object", "now", "percent_rank", "random", "rank",
        "row_number", "uuidv7",
    }
)  # fmt: skip
# Those among them of which that holds only if they have no arguments.
NEVER_NULL_WITHOUT_ARGUMENTS: Final = frozenset({"random", "uuidv7"})
# Fields that `extract` takes of infinity too. Of the others it is null: infinity has no hour.
FIELDS_OF_INFINITY: Final = frozenset(
    {"century", "decade", "epoch", "isoyear", "julian", "millennium", "year"},
)
# Functions that are null for a range without a bound on that side; for a text they change its case.
BOUNDS: Final = frozenset({"lower", "upper"})
# Functions that make exactly one record of JSON, whatever they are given.
ONE_RECORD: Final = frozenset({"jsonb_to_record", "json_to_record", "jsonb_populate_record", "json_populate_record"})

# Operators that are null where there is no such key, path or point.
NULL_IF_MISSING: Final = frozenset({"->", "->>", "#>", "#>>", "@?", "@@", "#", "##"})
# Operators that take a key of a document.
KEYED: Final = frozenset({"->", "->>", "?"})
# Operators that give JSON of JSON.
GIVES_JSON: Final = frozenset({"->", "#>", "||", "-", "#-"})
# Types to which a JSON null casts as SQL NULL.
JSON_NULL_IS_NULL: Final = frozenset({"bool", "float4", "float8", "int2", "int4", "int8", "numeric"})
