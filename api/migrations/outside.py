"""Which files may run outside a transaction: those that can be run again after they were cut off."""

import re
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from api.sql_parser.parser import parse

_COMMIT: Final = re.compile(r"\bcommit;")


class Outside(msgspec.Struct, frozen=True):
    """What a migration does outside a transaction, each way.

    `indexes` are those that it may leave invalid when it fails. `detached` are the table and the partition that it
    takes off it. `locks_out` if it locks rows, and so has a limit to its waits for locks.
    """

    indexes: tuple[str, ...] = ()
    detached: tuple[str, str] | None = None
    locks_out: bool = False


def outside_transaction(apply: str, rollback: str) -> Outside | None:
    """What two files do, or None if they couldn't be run again."""
    there, back = ([statement.tree for statement in parse(text)] for text in (apply, rollback))
    made, dropped = _made_anew(there), _dropped(there)
    match back:
        case [{"SelectStmt": _}] if _commits_batches(there):
            return Outside(locks_out=True)
        case [{"SelectStmt": _}] if (index := _reindexed(there)) is not None:
            return Outside(_remains(index))
        case [{"AlterTableStmt": {"cmds": [{"AlterTableCmd": {"subtype": "AT_AttachPartition"}}]}}]:
            found = _detached(there)
            return None if found is None else Outside(detached=found)
        case _ if made is not None and made == _dropped(back):
            return Outside((made,))
        case _ if dropped is not None and dropped == _made_anew(back):
            return Outside((dropped,))
    return None


def _dropped(trees: Sequence[dict[str, Any]]) -> str | None:
    """The index of `drop index concurrently if exists x`."""
    match trees:
        case [{"DropStmt": {"concurrent": True, "missing_ok": True, "objects": [{"List": {"items": names}}]}}]:
            return str(names[-1]["String"]["sval"])
    return None


def _made_anew(trees: Sequence[dict[str, Any]]) -> str | None:
    """The index of that and a `create index concurrently x` behind it."""
    match trees:
        case [_, {"IndexStmt": {"concurrent": True, "idxname": name}}] if _dropped(trees[:1]) == name:
            return str(name)
    return None


def _reindexed(trees: Sequence[dict[str, Any]]) -> str | None:
    """The index of `reindex index concurrently x`, behind drops of what one that was cut off leaves."""
    match trees:
        case [
            new,
            old,
            {
                "ReindexStmt": {
                    "kind": "REINDEX_OBJECT_INDEX",
                    "relation": {"relname": name},
                    "params": [{"DefElem": {"defname": "concurrently"}}],
                }
            },
        ] if (_dropped([new]), _dropped([old])) == _remains(name):
            return str(name)
    return None


def _remains(index: str) -> tuple[str, str]:
    """Names of the indexes that a `reindex` which was cut off leaves, as PostgreSQL makes them up."""
    return f"{index}_ccnew", f"{index}_ccold"


def _detached(trees: Sequence[dict[str, Any]]) -> tuple[str, str] | None:
    """Table and partition of `alter table t detach partition p concurrently`."""
    match trees:
        case [
            {
                "AlterTableStmt": {
                    "relation": {"relname": table},
                    "cmds": [
                        {
                            "AlterTableCmd": {
                                "subtype": "AT_DetachPartition",
                                "def": {"PartitionCmd": {"name": {"relname": partition}, "concurrent": True}},
                            }
                        }
                    ],
                }
            }
        ]:
            return str(table), str(partition)
    return None


def _commits_batches(trees: Sequence[dict[str, Any]]) -> bool:
    match trees:
        case [{"DoStmt": {"args": [{"DefElem": {"arg": {"String": {"sval": body}}}}]}}]:
            return _COMMIT.search(body) is not None
    return False
