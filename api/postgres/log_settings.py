"""Settings of PostgreSQL that keep what clients sent out of its log."""

from collections.abc import Mapping
from typing import Final

# Details of an error quote the row that a constraint refused, or the key that is taken already; a statement that failed
# may have values in it, as psql's have.
LOG_SETTINGS: Final[Mapping[str, str]] = {
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "auto_explain.log_parameter_max_length": "0",
    "debug_print_parse": "off",
    "debug_print_rewritten": "off",
    "debug_print_plan": "off",
}
# What else would quote them, of a module that servers elsewhere may have. Settings that log statements, such as
# log_statement, log_min_duration_statement and auto_explain's, give their texts, in which values are $1, $2, …
OTHERS_CHECKED: Final[Mapping[str, str]] = {"pgaudit.log_parameter": "off"}
