"""How PostgreSQL's functions and operators treat nulls, by name; nothing is known of those not listed."""

from collections.abc import Mapping
from typing import Final

AGGREGATES: Final = frozenset(
    {
        "any_value", "array_agg", "avg", "bit_and", "bit_or", "bit_xor", "bool_and", "bool_or", "count", "every",
        "json_agg", "json_object_agg", "jsonb_agg", "jsonb_object_agg", "max", "min", "mode", "percentile_cont",
        "percentile_disc", "range_agg", "range_intersect_agg", "stddev", "stddev_pop", "stddev_samp", "string_agg",
        "sum", "var_pop", "var_samp", "variance", "xmlagg",
    }
)  # fmt: skip
# Functions that return null only if an argument is null. array_length isn't one: it's null for an empty array.
TOTAL_FUNCTIONS: Final = frozenset(
    {
        "abs", "acos", "age", "array_append", "array_cat", "array_prepend", "array_remove", "array_replace",
        "array_reverse", "array_sort", "array_to_json", "array_to_string", "ascii", "asin", "atan", "atan2",
        "bit_count", "broadcast", "btrim", "cardinality", "casefold", "cbrt", "ceil", "char_length", "chr",
        "concat_ws", "convert_from", "convert_to", "cos", "date_bin", "date_trunc", "decode", "degrees",
        "div", "encode", "enum_range", "exp", "factorial", "family", "floor", "fold", "format", "gcd", "get_byte",
        "hashtext", "hashtextextended", "host", "hostmask", "inet_merge", "inet_same_family", "initcap",
        "is_normalized", "isempty", "isfinite", "json_array_length", "json_strip_nulls", "json_typeof",
        "jsonb_array_length", "jsonb_insert", "jsonb_pretty", "jsonb_set", "jsonb_strip_nulls", "jsonb_typeof",
        "justify_days", "justify_hours", "justify_interval", "lcm", "left", "length", "ln", "log", "lower",
        "lower_inc", "lower_inf", "lpad", "ltrim", "make_date", "make_interval", "make_time", "make_timestamp",
        "make_timestamptz", "masklen", "md5", "merge_patch", "mod", "multirange", "netmask", "network",
        "normalize", "ntile", "octet_length", "overlaps", "overlay", "phraseto_tsquery",
        "plainto_tsquery", "position", "power", "quote_ident", "quote_literal", "radians", "range_merge",
        "regexp_count", "regexp_instr", "regexp_like", "regexp_replace", "regexp_split_to_array", "repeat", "replace",
        "reverse", "right", "round", "row_to_json", "rpad", "rtrim", "set_byte", "set_masklen", "sha224",
        "sha256", "sha384", "sha512", "sign", "similarity", "sin", "split_part", "sqrt", "starts_with",
        "string_to_array", "strpos", "substr", "tan", "timezone", "to_bin", "to_date", "to_hex", "to_json",
        "to_jsonb", "to_oct", "to_timestamp", "to_tsquery", "to_tsvector", "translate", "trim",
        "trim_scale", "trunc", "ts_headline", "ts_rank", "unistr", "upper", "upper_inc", "upper_inf",
        "websearch_to_tsquery", "width_bucket", "word_similarity",
    }
)  # fmt: skip
# Those of TOTAL_FUNCTIONS whose result is null only if their first argument is: what an array gets rid of may be null,
# and so may texts that are joined with a separator.
NULL_OF_FIRST: Final = frozenset({"array_remove", "concat_ws"})
# Functions that build an object of keys and values.
OBJECTS: Final = frozenset({"json_build_object", "jsonb_build_object"})
# Aggregates that keep nulls.
LISTS: Final = frozenset({"array_agg", "json_agg", "json_object_agg", "jsonb_agg", "jsonb_object_agg"})
# Aggregates that are null of a single row.
NULL_OF_ONE: Final = frozenset({"stddev", "stddev_samp", "variance", "var_samp"})
# Functions of arrays whose result has nulls in it only if an argument has, or is one that they put there.
OF_ELEMENTS: Final = frozenset(
    {"array_append", "array_cat", "array_prepend", "array_remove", "array_replace", "array_reverse", "array_sort"}
)
# Functions that give several rows, with the types of their columns; that of a series is by its arguments.
SETS: Final[Mapping[str, tuple[str, ...]]] = {
    "generate_series": (),
    "generate_subscripts": ("int4",),
    "json_array_elements": ("json",),
    "json_array_elements_text": ("text or null",),
    "json_each": ("text", "json"),
    "json_each_text": ("text", "text or null"),
    "json_object_keys": ("text",),
    "jsonb_array_elements": ("jsonb",),
    "jsonb_array_elements_text": ("text or null",),
    "jsonb_each": ("text", "jsonb"),
    "jsonb_each_text": ("text", "text or null"),
    "jsonb_object_keys": ("text",),
    "jsonb_path_query": ("jsonb",),
    "regexp_split_to_table": ("text",),
    "string_to_table": ("text",),
}
# Functions that never return null.
NEVER_NULL: Final = frozenset(
    {
        "clock_timestamp", "concat", "count", "cume_dist", "daterange", "dense_rank", "gen_random_uuid", "int4range",
        "int8range", "json_build_array", "json_build_object", "jsonb_build_array", "jsonb_build_object",
        "now", "num_nonnulls", "num_nulls", "numrange", "percent_rank", "pg_backend_pid",
        "pg_postmaster_start_time", "pi", "random", "rank", "row_number", "statement_timestamp", "timeofday",
        "transaction_timestamp", "tsrange", "tstzrange", "uuidv4", "uuidv7",
    }
)  # fmt: skip
# Those of NEVER_NULL that may return null if they have arguments.
NEVER_NULL_WITHOUT_ARGUMENTS: Final = frozenset({"random", "uuidv7"})
# Functions of a field of a moment.
FIELDS: Final = frozenset({"date_part", "extract"})
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
