"""Checks statements against the database and against the types that the code declares.

PostgreSQL gives the types of a prepared statement's parameters and columns. The parse tree and the catalog tell which
columns can be null and where values go. The declared types come from the declarations that `bind` has read.
"""

from api.checks.contract.check import check_contract

__all__ = ["check_contract"]
