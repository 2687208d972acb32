"""Finds accounts, and does to them what support staff may do.

Each act and the audit event of it are one transaction: an act that can't be recorded isn't done.
"""

import json
import os
import pwd
import socket
from typing import Any, Final, NamedTuple

import psycopg

from api.auth.passwords import hash_password
from api.auth.recovery_codes import random_code
from api.auth.second_factor import FACTORS_CHANGED
from api.command_error import CommandError
from api.commands._user.statements import Statements
from api.users.mails import PASSWORD_CHANGED

# The labels of PostgreSQL's enum ban_reason.
REASONS: Final = ("abuse", "fraud", "legal", "taken_over", "other")
# Attempts at erasing an account whose family writes meanwhile.
_ERASURES: Final = 5


class AccountError(CommandError):
    """There is no such account, or more than one; the message says so in a line."""


class Account(NamedTuple):
    """An account that was found; `shown` is its name without what a terminal would act on."""

    id: int
    username: str

    @property
    def shown(self) -> str:
        return printable(self.username)


def printable(text: str) -> str:
    """A text that can't change what a terminal shows: names of the system before may have any character."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)


def find_account(statements: Statements, username: str | None, id: int | None) -> Account:
    """The account of an id, or the one that a login with this name would mean.

    Raises:
        AccountError: there's none, or several look like this name and none is spelt so.

    """
    if username is None:
        found, wanted = statements.many("find_account_by_id", id=id), f"with the id {id}"
    else:
        if not _is_text(username):
            raise AccountError("the name is not UTF-8")
        found, wanted = statements.many("find_accounts", username=username), f"named {printable(username)}"
    if not found:
        raise AccountError(f"there is no account {wanted}")
    if len(found) > 1 and not found[0].is_spelt_so:
        like = ", ".join(f"{printable(row.username)} (--id {row.id})" for row in found)
        raise AccountError(f"several accounts look like that name, say which one is meant: {like}")
    return Account(found[0].id, found[0].username)


def show_account(statements: Statements, account: Account) -> tuple[Any, list[Any]]:
    """What support needs to know of an account, and the limits of attempts that aren't empty."""
    with statements.transaction():
        row = _there(statements.maybe("show_account", id=account.id), account)
        _record(statements, "account_read", account)
        return row, statements.many("list_limits", id=account.id)


def reset_password(statements: Statements, account: Account) -> str:
    """Set a random password, end all sessions, let whoever was held back try again, and tell the owner by mail.

    Returns the password.
    """
    password = random_code(groups=4, letters=5)
    with statements.transaction():
        # The account is locked first, so that a login comes before, and ends, or finds the new hash.
        _there(statements.maybe("set_password", id=account.id, password=hash_password(password)), account)
        for name in ("end_sessions", "forget_devices", "remove_limits"):
            statements.many(name, id=account.id)
        _tell_owner(statements, account, PASSWORD_CHANGED)
        _record(statements, "password_reset", account)
    return password


def list_sessions(statements: Statements, account: Account) -> list[Any]:
    with statements.transaction():
        _record(statements, "sessions_read", account)
        return statements.many("list_sessions", id=account.id)


def end_sessions(statements: Statements, account: Account) -> int:
    """End all sessions; returns how many there were."""
    with statements.transaction():
        ended = len(statements.many("end_sessions", id=account.id))
        _record(statements, "sessions_ended", account, sessions=ended)
    return ended


def ban(statements: Statements, account: Account, reason: str) -> bool:
    """Ban an account; returns whether it wasn't banned before."""
    return _change(statements, "ban", "account_banned", account, reason=reason)


def unban(statements: Statements, account: Account) -> bool:
    """Let an account log in again; returns whether it was banned before."""
    return _change(statements, "unban", "account_unbanned", account)


def remove_factors(statements: Statements, account: Account) -> bool:
    """Take all second factors off an account, and tell its owner by mail; returns whether it had any."""
    with statements.transaction():
        removed = _change(statements, "remove_factors", "factors_removed", account)
        if removed:
            _tell_owner(statements, account, FACTORS_CHANGED, change="factors_removed")
    return removed


def erase(statements: Statements, account: Account) -> None:
    """Remove an account and everything of it. Of its events the id is left, and of this one nothing else."""
    for retries_left in reversed(range(_ERASURES)):
        try:
            with statements.transaction():
                row = statements.maybe(
                    "erase_account",
                    user_id=account.id,  # owner: whom support was asked by
                    language=None,  # as the profile says
                )
                _there(row, account)
                _record(statements, "account_erased", account)
        except psycopg.errors.DeadlockDetected:
            # The family writes, and its locks are taken in another order.
            if not retries_left:
                raise
        else:
            return


def _change(statements: Statements, name: str, event: str, account: Account, **values: str) -> bool:
    """Run a statement that gives a row if it makes a difference, which is recorded then."""
    with statements.transaction():
        changed = statements.maybe(name, id=account.id, **values) is not None
        if changed:
            _record(statements, event, account, **values)
        else:
            _there(statements.maybe("find_account_by_id", id=account.id), account)
    return changed


def _tell_owner(statements: Statements, account: Account, kind: str, **parameters: str) -> None:
    statements.many("tell_owner", id=account.id, kind=kind, parameters=json.dumps(parameters))


def _record(statements: Statements, event: str, account: Account, **details: object) -> None:
    statements.many("add_event", system_user=system_user(), event=event, id=account.id, details=json.dumps(details))


def system_user() -> str:
    """Who runs this process and where; behind sudo, who that was."""
    try:
        name = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        name = str(os.getuid())
    if os.getuid() == 0 and (before := os.environ.get("SUDO_USER")):
        name = f"{before} ({name})"
    return f"{name}@{socket.gethostname()}"[:120]


def _is_text(argument: str) -> bool:
    """Whether an argument of the command line is UTF-8: Python keeps other bytes as lone surrogates."""
    return not any("\ud800" <= character <= "\udfff" for character in argument)


def _there(row: Any, account: Account) -> Any:
    """A row of an account, which somebody may have erased meanwhile."""
    if row is None:
        raise AccountError(f"there is no account named {account.shown} any more")
    return row
