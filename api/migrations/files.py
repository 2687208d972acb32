"""The migration files: NNNN_name.sql with NNNN_name.rollback.sql, numbered from 0001 without gaps."""

import hashlib
import re
from functools import lru_cache
from itertools import takewhile
from pathlib import Path
from typing import Any, Final

import msgspec

from api.command_error import CommandError
from api.migrations.outside import Outside, outside_transaction
from api.migrations.scripts import line_at, syntax_error
from api.paths import MIGRATIONS, migration_files
from api.sql_parser.library import ParseError
from api.sql_parser.parser import parse

_NAME: Final = re.compile(r"(?P<number>\d{4})_[a-z0-9]+(_[a-z0-9]+)*")
_DIRECTIVE: Final = re.compile(r"--\s*(?P<key>depends|transactional)\s*:\s*(?P<value>.*)")
# The rows of a `copy … from stdin` are no SQL, so PostgreSQL's parser stops at them.
_COPY: Final = re.compile(r"^\s*copy\b[^;]*\bfrom\s+stdin\b[^;]*;\s*\Z", re.IGNORECASE | re.MULTILINE)


_COPIES: Final = "copies from or to a client, and there is none: write `insert into … values …`"


class MigrationError(CommandError):
    """Migrations can't be read or applied; the message says why in one line."""


class MigrationFile(msgspec.Struct, frozen=True):
    """A migration, read from its two files.

    `outside` is what it does outside a transaction, if it runs so. `checksum` is the SHA-256, in hex, of both texts,
    with line endings normalised.
    """

    id: str
    path: Path
    apply: str
    rollback: str
    outside: Outside | None
    depends: frozenset[str]
    checksum: str

    @property
    def rollback_path(self) -> Path:
        return self.path.with_suffix(".rollback.sql")

    @property
    def loss(self) -> str:
        """What its rollback loses, in the words of the comment that it opens with."""
        head = takewhile(lambda line: line.startswith("--"), self.rollback.splitlines())
        return " ".join(line.removeprefix("--").strip() for line in head if not _DIRECTIVE.fullmatch(line))

    def goes_by(self, given: str) -> bool:
        """Whether this is its id, or its number, such as 21 or 0021."""
        return given == self.id or (given.isdecimal() and given.zfill(4) == self.id[:4])


def read_migrations(directory: Path = MIGRATIONS) -> list[MigrationFile]:
    """Migrations of a folder, in order.

    Raises:
        MigrationError: a bad name, a gap or a repeated number, a missing or empty file, a syntax error, a missing
            dependency, or a file outside a transaction that couldn't be run again after an interruption.

    """
    paths = migration_files(directory)
    if not paths:
        raise MigrationError(f"{directory} holds no migration")
    known: set[str] = set()
    migrations = []
    for number, path in enumerate(paths, start=1):
        name = _NAME.fullmatch(path.stem)
        if name is None:
            raise MigrationError(f"{path.name}: the name is not like 0001_name.sql")
        if int(name["number"]) != number:
            raise MigrationError(
                f"{path.name}: number {number:04} was expected: rename it, for numbers have no gap and come once"
            )
        migration = _read(path)
        if missing := migration.depends - known:
            raise MigrationError(f"{path.name}: depends on {min(missing)}, which doesn't come before it")
        known.add(migration.id)
        migrations.append(migration)
    for path in sorted(directory.glob("*.rollback.sql")):
        if path.name.removesuffix(".rollback.sql") not in known:
            raise MigrationError(f"{path.name}: takes back a migration that isn't there: name it as its migration")
    return migrations


def checksum(apply: str, rollback: str) -> str:
    """SHA-256, in hex, of the texts of a migration and its rollback, with line ends normalised."""
    return hashlib.sha256(f"{apply}\0{rollback}".encode()).hexdigest()


def _read(path: Path) -> MigrationFile:
    rollback_path = path.with_suffix(".rollback.sql")
    if not rollback_path.exists():
        raise MigrationError(f"{path.name}: {rollback_path.name} is missing: write what takes it back")
    apply, rollback = _text(path), _text(rollback_path)
    directives = {
        found["key"]: found["value"].strip() for line in apply.splitlines() if (found := _DIRECTIVE.fullmatch(line))
    }
    transactional = directives.get("transactional", "true")
    if transactional not in {"true", "false"}:
        raise MigrationError(f"{path.name}: transactional is true or false, not {transactional!r}")
    outside = outside_transaction(apply, rollback) if transactional == "false" else None
    if transactional == "false" and outside is None:
        raise MigrationError(
            f"{path.name}: can't be run again after being cut off, which outside a transaction it has to be: make an "
            "index concurrently behind `drop index concurrently if exists`, or one of the others in sql/README.md"
        )
    return MigrationFile(
        id=path.stem,
        path=path,
        apply=apply,
        rollback=rollback,
        outside=outside,
        depends=frozenset(directives.get("depends", "").split()),
        checksum=checksum(apply, rollback),
    )


def _text(path: Path) -> str:
    try:
        # psql skips a byte order mark too.
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise MigrationError(f"{path.name}: is not UTF-8: save it so") from None
    _check(path.name, text)
    return text


# A process that applies migrations one by one reads all of them each time, and most of that is to parse them.
@lru_cache(maxsize=512)
def _check(name: str, text: str) -> None:
    try:
        statements = parse(text)
    except ParseError as error:
        if copy := _COPY.search(text[: error.position]):
            raise MigrationError(f"{name}:{line_at(text, copy.end(0) - len(copy[0].lstrip()))}: {_COPIES}") from None
        raise MigrationError(f"{name}:{syntax_error(text, error)}") from None
    if "\0" in text:
        raise MigrationError(f"{name}: holds a NUL character: take it out")
    if not statements:
        raise MigrationError(f"{name}: has no statement")
    for statement in statements:
        if (refusal := _refusal(statement.tree)) is not None:
            raise MigrationError(f"{name}:{line_at(text, statement.start)}: {refusal}")


def _refusal(tree: dict[str, Any]) -> str | None:
    match tree:
        case {"TransactionStmt": _}:
            return "begins or ends a transaction, and runs in one already: take that out"
        case {"CopyStmt": copy} if "filename" not in copy:
            return _COPIES
    return None
