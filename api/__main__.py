"""`python -m api COMMAND`: what the recipes of the justfile call."""

import argparse
import os
import signal
import sys
from collections.abc import Sequence

from api.command_error import CommandError
from api.settings import Settings, read_settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        status = _run(options, read_settings())
        sys.stdout.flush()
    except CommandError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except BrokenPipeError:
        # Who reads has seen enough, as `head` has; what is left in the buffer goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except KeyboardInterrupt:
        # What the command had begun is taken back by now.
        sys.stderr.write("interrupted\n")
        return 128 + signal.SIGINT
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m api")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="start the service")
    commands.add_parser("migrate", help="apply the pending migrations")
    commands.add_parser("rollback", help="take the last migration back")
    commands.add_parser("status", help="show which migrations are applied")
    new_migration = commands.add_parser("new-migration", help="start a migration")
    new_migration.add_argument("name", help="what it does, in snake_case")
    seed = commands.add_parser("seed", help="fill the database with families")
    seed.add_argument("families", type=_some, help="how many families")
    seed.add_argument("--sessions", type=_count, default=1000, help="for how many of them to write a token (1,000)")
    check = commands.add_parser("check", help="check statements and schema, of the tree or of DATABASE_URL")
    check.add_argument("--release", help="git revision or migration: show which of its statements break")
    commands.add_parser("drift", help="show how the database differs from sql/schema.sql")
    commands.add_parser("slow", help="show where PostgreSQL's time goes, by statement")
    commands.add_parser("schema", help="write sql/schema.sql from the migrations")
    commands.add_parser("erd", help="write the diagram in sql/README.md from the migrations")
    plans = commands.add_parser("plans", help="show how the database's plans differ from those in tests/plans")
    plans.add_argument("--write", action="store_true", help="keep the plans that come of tests/plans/statistics.sql")
    plans.add_argument("--statistics", action="store_true", help="keep the database's statistics first, then the plans")
    explain = commands.add_parser("explain", help="run a statement and show its plan; nothing it changes stays")
    explain.add_argument("name", help="name of the statement")
    explain.add_argument("values", nargs="*", metavar="NAME=VALUE", help="its parameters, else those of a family")
    rehearse = commands.add_parser("rehearse", help="apply the migrations after a release to a copy under traffic")
    rehearse.add_argument("release", nargs="?", metavar="FROM", help="migration or git revision; else the last tag")
    rehearse.add_argument("--families", type=_count, default=10_000, help="how many the copy has (10,000)")
    rehearse.add_argument("--seconds", type=_count, default=1, help="of traffic before and after each migration (1)")
    # Options are psql's, not those of this program.
    psql = commands.add_parser("psql", help="open psql on the service's database", prefix_chars="\0", add_help=False)
    psql.add_argument("arguments", nargs="*", help="arguments of psql")
    return parser


def _run(options: argparse.Namespace, settings: Settings) -> int:
    status = _run_apart(options, settings)
    if status is not None:
        return status
    import psycopg  # noqa: PLC0415

    from api.postgres.databases import target  # noqa: PLC0415

    with target(settings) as dsn:
        try:
            return _run_on(dsn, options, settings)
        except psycopg.errors.UndefinedTable as error:
            sys.stderr.write(f"{error.diag.message_primary}; run `just migrate`\n")
            return 1
        except psycopg.Error as error:
            sys.stderr.write(f"{' '.join(str(error).split())}\n")
            return 1


def _run_apart(options: argparse.Namespace, settings: Settings) -> int | None:
    """Run a command that has no database, or one of its own."""
    # Imported where they are needed: a command starts no slower for what the others use.
    status = None
    match options.command:
        case "serve":
            from api.server.serve import serve  # noqa: PLC0415

            status = serve(settings)
        case "new-migration":
            from api.commands.migration_commands import print_new_migration  # noqa: PLC0415

            status = print_new_migration(options.name)
        case "rehearse":
            from api.commands.rehearse import print_rehearsal  # noqa: PLC0415

            status = print_rehearsal(options.release, families=options.families, seconds=options.seconds)
        case "check":
            from api.checks.releases.check import print_release_check  # noqa: PLC0415
            from api.commands.check import print_check  # noqa: PLC0415

            status = print_release_check(options.release) if options.release is not None else print_check(settings)
        case "schema" | "erd":
            from api.checks.diagram import write_diagram  # noqa: PLC0415
            from api.checks.schema import write_schema  # noqa: PLC0415
            from api.postgres.databases import throwaway  # noqa: PLC0415

            with throwaway() as dsn:
                status = write_schema(dsn) if options.command == "schema" else write_diagram(dsn)
        case "plans" if options.write:
            from api.commands.plans import write_plans  # noqa: PLC0415

            status = write_plans()
    return status


def _run_on(dsn: str, options: argparse.Namespace, settings: Settings) -> int:
    match options.command:
        case "plans":
            from api.commands.plans import print_plans, write_statistics  # noqa: PLC0415

            return write_statistics(dsn) if options.statistics else print_plans(dsn)
        case "explain":
            from api.commands.plans import print_explain  # noqa: PLC0415

            return print_explain(dsn, options.name, options.values)
        case "seed":
            from api.seed import seed  # noqa: PLC0415

            return seed(dsn, families=options.families, sessions=options.sessions, data_dir=settings.data_dir)
        case "psql":
            from api.commands.psql import run_psql  # noqa: PLC0415

            return run_psql(dsn, options.arguments)
        case "slow":
            from api.commands.slow import print_slow  # noqa: PLC0415

            return print_slow(dsn, embedded=settings.database_url is None)
        case command:
            from api.checks.schema import print_drift  # noqa: PLC0415
            from api.commands import migration_commands  # noqa: PLC0415

            return {
                "migrate": migration_commands.print_migrate,
                "rollback": migration_commands.print_rollback,
                "status": migration_commands.print_status,
                "drift": print_drift,
            }[command](dsn)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number")
    return int(text)


def _some(text: str) -> int:
    count = _count(text)
    if count == 0:
        raise argparse.ArgumentTypeError(f"{text} adds nothing: give 1 or more")
    return count


if __name__ == "__main__":
    sys.exit(main())
