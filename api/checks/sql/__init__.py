"""The reader of PostgreSQL's parse tree that all checks of statements share.

`Reader` walks a statement and resolves its names. An analysis is a subclass that says what is known of a column, a
parameter, an operator, a function or a join, and checks writes. Constructs that can't be read are refused here.
"""

from api.checks.sql.reader import Reader
from api.checks.sql.scopes import Column, Found, Relation, Result, Scope

__all__ = ["Column", "Found", "Reader", "Relation", "Result", "Scope"]
