"""Show what sessions do and who waits for whom, by statement."""

import argparse
import time
from collections.abc import Sequence
from datetime import UTC, datetime

import psycopg

from api.commands._arguments import positive_number
from api.postgres.activity import Session, read_sessions
from api.postgres.databases import service_database
from api.settings import Settings
from api.terminal import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--every", type=positive_number, metavar="SECONDS", help="show it again and again, until Ctrl-C"
    )


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Show the sessions of the database that do something or hold a transaction open."""
    with service_database(settings) as dsn, psycopg.connect(dsn, autocommit=True) as connection:
        _show(read_sessions(connection), connection.info.user)
        while options.every:
            time.sleep(options.every)
            say(f"\n{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC")
            _show(read_sessions(connection), connection.info.user)
    return 0


def _show(sessions: Sequence[Session], role: str) -> None:
    busy = [session for session in sessions if session.state not in {"idle", None}]
    said = {session.pid: f"{session.pid} ({session.statement}, {session.state})" for session in sessions}
    say(f"{'pid':>8}  {'role':<20}{'state':<22}{'s':>8}{'of trans.':>10}  {'statement':<34}{'waits for'}")
    for session in busy:
        blockers = [said.get(pid, "a prepared transaction" if pid == 0 else str(pid)) for pid in session.blockers]
        waits = ", ".join(blockers) or (session.wait if session.state == "active" else "")
        say(
            f"{session.pid:>8}  {session.role:<20}{session.state:<22}{session.seconds or 0:>8.1f}"
            f"{session.transaction or 0:>10.1f}  {session.statement:<34}{waits}".rstrip()
        )
    idle = sum(session.state == "idle" for session in sessions)
    say(f"idle sessions: {idle}")
    if hidden := sum(session.state is None for session in sessions):
        allow = f"run as a superuser: grant pg_read_all_stats to {role};"
        say(f"sessions of other roles that {role} may not see: {hidden}; to see them, {allow}")
