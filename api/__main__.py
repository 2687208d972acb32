"""`python -m api RECIPE`: finds the recipe, a module of api/commands, and runs it."""

import argparse
import ast
import logging
import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Final

from api.command_error import CommandError
from api.database_url.reading import forget_variables
from api.interruptions import interrupt
from api.paths import COMMANDS
from api.settings import read_settings
from api.terminal import warn

_PROGRAM: Final = "python -m api"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one recipe; returns the exit status."""
    try:
        status = _run(sys.argv[1:] if arguments is None else arguments)
        sys.stdout.flush()
    except CommandError as error:
        warn(str(error), logging.CRITICAL)
        return 1
    except BrokenPipeError:
        # Who reads has seen enough, as `head` has; what is left in the buffer goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except KeyboardInterrupt as interruption:
        # What the command had begun is taken back by now.
        warn(str(interruption) or "interrupted")
        return 128 + signal.SIGINT
    return status


def _run(arguments: Sequence[str]) -> int:
    # Files whose names begin with an underscore are no recipes.
    modules = {path.stem.replace("_", "-"): path.stem for path in sorted(COMMANDS.glob("[!_]*.py"))}
    if not arguments or arguments[0] not in modules:
        # Ends the program, with help or an error.
        _list_parser(modules).parse_args(arguments[:1])
    recipe, *rest = arguments
    # Only this one: a command starts no slower for what the others need.
    command = import_module(f"api.commands.{modules[recipe]}")
    parser = argparse.ArgumentParser(prog=f"{_PROGRAM} {recipe}", description=command.__doc__)
    if hasattr(command, "add_arguments"):
        command.add_arguments(parser)
    options = parser.parse_args(rest)
    if hasattr(command, "prepare"):
        command.prepare()
    settings = read_settings()
    if settings.database_url is None:
        forget_variables()
    status: int = command.run(options, settings)
    return status


def _list_parser(modules: dict[str, str]) -> argparse.ArgumentParser:
    """Parser that shows the recipes or refuses an unknown one; no module is imported for it."""
    parser = argparse.ArgumentParser(prog=_PROGRAM)
    recipes = parser.add_subparsers(title="recipes", dest="recipe", metavar="RECIPE", required=True)
    for recipe, module in modules.items():
        tree = ast.parse((COMMANDS / f"{module}.py").read_text("utf-8"))
        recipes.add_parser(recipe, help=(ast.get_docstring(tree) or "").partition("\n")[0])
    return parser


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, interrupt)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup
        signal.signal(signal.SIGHUP, interrupt)
    sys.exit(main())
