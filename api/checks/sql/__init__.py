"""One reader of PostgreSQL's parse tree, for all that is proved of statements.

`Reader` walks a statement and finds what its names mean. An analysis is a subclass that says what it knows of a column,
a parameter, an operator, a function or a join, and what it demands of a write. What can't be read is refused here.
"""

from api.checks.sql.reader import Reader
from api.checks.sql.scopes import Column, Found, Relation, Result, Scope

__all__ = ["Column", "Found", "Reader", "Relation", "Result", "Scope"]
