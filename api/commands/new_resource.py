"""Start a resource of families: its migration, statements, feature and test.

NAME is its table's, in plural and snake_case, such as appointments. What is written works as it stands, for rows with a
name; the rest is for you to write, with `just generate` after each change.
"""

import argparse
import subprocess
import sys
from collections.abc import Sequence

from api.commands._new_resource.files import write_resource
from api.paths import ROOT
from api.settings import Settings
from api.terminal import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", help="its table, in plural and snake_case")
    parser.add_argument("--singular", help="what one row is called, where that isn't the name without its s")


def run(options: argparse.Namespace, _settings: Settings) -> int:
    """Write the files, then run `just generate`; returns its exit status."""
    written = write_resource(options.name, options.singular)
    for path in written:
        say(f"wrote {path.relative_to(ROOT)}")
    python = [str(path) for path in written if path.suffix == ".py"]
    # The name affects the order of imports and the length of lines.
    _run("ruff", "check", "--fix-only", "--quiet", *python)
    _run("ruff", "format", "--quiet", *python)
    # In a new process, as this one has loaded the features without the new one.
    return _run("api", "generate")


def _run(module: str, *arguments: str) -> int:
    command: Sequence[str] = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, cwd=ROOT, check=False).returncode  # noqa: S603
