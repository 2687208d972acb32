"""Look after an account: show, reset, ban, unban, erase, sessions or factors-off.

NAME is a username, in any letter case, or --id says which account is meant; `--` goes before a name that begins with a
dash. What is done is recorded in audit_events. DATABASE_URL has to name the tables' owner or a superuser.
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from api.auth.throttling import ACCOUNT, CODE, DEVICE, EMAIL_LINKS, EXPORTS, OLD_PASSWORD, PAIR, Limit
from api.command_error import CommandError
from api.commands._arguments import whole_number
from api.commands._user import accounts
from api.commands._user.accounts import REASONS, Account, find_account
from api.commands._user.statements import Statements, opened
from api.postgres.databases import service_database
from api.settings import Settings
from api.terminal import say, warn

# Limits of attempts, by their kinds in sql/support/accounts.sql, and whom they hold back.
_LIMITS: Final[Mapping[str, tuple[Limit, str]]] = {
    "device": (DEVICE, "a known device"),
    "network": (PAIR, "other devices in one network"),
    "account": (ACCOUNT, "other devices anywhere"),
    "code": (CODE, "codes of an authenticator app"),
    "old password": (OLD_PASSWORD, "changes of the password"),
    "email link": (EMAIL_LINKS, "links to confirm the address"),
    "export": (EXPORTS, "exports of the account"),
}


class NotConfirmedError(CommandError):
    """Nothing was done, as nobody confirmed it or could see what it gives."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    added = {}
    for name, (_, text) in _ACTIONS.items():
        added[name] = actions.add_parser(name, help=text, description=text)
        which = added[name].add_mutually_exclusive_group(required=True)
        which.add_argument("name", nargs="?", metavar="NAME", help="username, in any letter case")
        which.add_argument("--id", type=whole_number, help="the account's id, in place of its name")
    added["ban"].add_argument("--reason", choices=REASONS, default="other", help="why (other)")
    added["erase"].add_argument("--yes", action="store_true", help="don't ask for the name again")
    added["sessions"].add_argument("--end", action="store_true", help="end them all")


def run(options: argparse.Namespace, settings: Settings) -> int:
    act, _ = _ACTIONS[options.action]
    with service_database(settings) as dsn, opened(dsn) as statements:
        account = find_account(statements, options.name, options.id)
        for line in act(statements, account, options):
            say(line)
    return 0


def _show(statements: Statements, account: Account, _: argparse.Namespace) -> Iterable[str]:
    row, limits = accounts.show_account(statements, account)
    held_back = [*_held_back(limits)]
    lines = {
        "id": row.id,
        "username": account.shown,
        "e-mail": accounts.printable(row.email),
        "confirmed": _moment(row.email_confirmed_at) if row.email_confirmed_at else "no",
        "created": _moment(row.created_at),
        "last login": _moment(row.last_login) if row.last_login else "not known",
        "sessions": row.sessions,
        "devices": row.devices,
        "mails": f"{row.mails} to be sent",
        "banned": f"since {_moment(row.banned_at)}, {row.ban_reason}" if row.banned_at else "no",
        "held back": "; ".join(held_back) or "no",
        "factors": _factors(row),
        "onboarding": _onboarding(row),
        "children": row.children,
        "goals": row.goals,
    }
    return [f"{label:<12}{value}" for label, value in lines.items()]


def _reset(statements: Statements, account: Account, _: argparse.Namespace) -> Iterable[str]:
    if not sys.stdout.isatty():
        raise NotConfirmedError("the new password is shown on a terminal only: nothing was done")
    password = accounts.reset_password(statements, account)
    return [
        f"the new password of {account.shown}, shown this once:  {password}",
        "all sessions have ended; whoever gets it should change it after the next login",
    ]


def _ban(statements: Statements, account: Account, options: argparse.Namespace) -> Iterable[str]:
    if accounts.ban(statements, account, options.reason):
        return [f"{account.shown} is banned, and all its sessions have ended"]
    return [f"{account.shown} was banned already"]


def _unban(statements: Statements, account: Account, _: argparse.Namespace) -> Iterable[str]:
    if accounts.unban(statements, account):
        return [f"{account.shown} may log in again"]
    return [f"{account.shown} was not banned"]


def _erase(statements: Statements, account: Account, options: argparse.Namespace) -> Iterable[str]:
    if not options.yes:
        _confirm(account)
    accounts.erase(statements, account)
    return [f"{account.shown} and everything of it are erased"]


def _sessions(statements: Statements, account: Account, options: argparse.Namespace) -> Iterable[str]:
    if options.end:
        return [f"sessions ended: {accounts.end_sessions(statements, account)}"]
    rows = accounts.list_sessions(statements, account)
    lines = [f"{row.id:<12}{_moment(row.created_at):<27}{_moment(row.expires_at)}" for row in rows]
    return [f"{'id':<12}{'created':<27}expires", *lines] if lines else ["no sessions"]


def _factors_off(statements: Statements, account: Account, _: argparse.Namespace) -> Iterable[str]:
    if accounts.remove_factors(statements, account):
        return [f"{account.shown} logs in with its password alone; its recovery codes are gone too"]
    return [f"{account.shown} had no second factor"]


_ACTIONS: Final[Mapping[str, tuple[Callable[[Statements, Account, argparse.Namespace], Iterable[str]], str]]] = {
    "show": (_show, "show its state, in moments and numbers"),
    "reset": (_reset, "set a random password, shown once, end all sessions, and lift what holds logins back"),
    "ban": (_ban, "end its sessions, and let nobody log in"),
    "unban": (_unban, "let its owner log in again"),
    "erase": (_erase, "remove it and everything of it, for good"),
    "sessions": (_sessions, "list its sessions, or end them"),
    "factors-off": (_factors_off, "let its owner log in with the password alone: no app, passkeys or recovery codes"),
}


def _confirm(account: Account) -> None:
    """Ask for an account's name.

    Raises:
        NotConfirmedError: something else was typed, or nobody can be asked.

    """
    if not sys.stdin.isatty():
        raise NotConfirmedError("nobody can be asked here, and --yes wasn't given: nothing was erased")
    warn(f"{account.shown} (id {account.id}) and everything of it will be gone for good. Type its name to go on:")
    if sys.stdin.readline().rstrip("\n") not in {account.username, account.shown}:
        raise NotConfirmedError("that is not its name: nothing was erased")


def _factors(row: Any) -> str:
    """Second factors of an account, in numbers."""
    apps = "authenticator app; " if row.authenticator_apps else ""
    numbers = f"passkeys {row.passkeys}; recovery codes {row.recovery_codes}"
    return f"{apps}{numbers}" if apps or row.passkeys else "none"


def _held_back(limits: Iterable[Any]) -> Iterable[str]:
    """Whom full limits keep from trying, and until when."""
    for kind, (limit, whom) in _LIMITS.items():
        # An attempt has room again once all but one of the others have drained.
        until = [
            row.drained_at - timedelta(seconds=(limit.attempts - 1) * limit.seconds)
            for row in limits
            if row.kind == kind
        ]
        if until and max(until) > datetime.now(UTC):
            yield f"{whom} until {_moment(max(until))}"


def _onboarding(row: Any) -> str:
    if row.completed_onboarding is None:
        return "not begun"
    return "completed" if row.completed_onboarding else f"at step {row.current_onboarding_step}"


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
