"""The contract between the statements of sql/queries, the database and the types of the code.

PostgreSQL, which prepares a statement, says what types it takes and gives. Whether a column can be null, and what is
passed on to where, comes from the parse tree and the catalog; what the code makes of it, from the declarations that
`bind` read.
"""

from api.checks.contract.check import check_contract

__all__ = ["check_contract"]
