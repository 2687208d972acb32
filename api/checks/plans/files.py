"""The files of tests/plans, which keep the plans: one that changes is a line in a diff."""

from collections.abc import Mapping
from itertools import groupby
from pathlib import Path

from api.checks.plans.plans import Plan


def plan_files(plans: list[Plan]) -> dict[str, str]:
    """Texts of the files that keep plans, by their names: one for each query file."""
    return {
        f"{stem}.txt": "\n".join(f"-- {plan.statement.name}\n{plan.text}\n" for plan in of_file)
        for stem, of_file in groupby(plans, key=lambda plan: plan.statement.path.stem)
    }


def changed_files(kept: Path, made: Mapping[str, str]) -> list[str]:
    """Names of files in a folder that aren't what they should be, that are missing, or that shouldn't be there."""
    names = {path.name for path in kept.glob("*.txt")} | made.keys()
    return sorted(
        name for name in names if not (kept / name).exists() or (kept / name).read_text("utf-8") != made.get(name)
    )


def write_plan_files(kept: Path, made: Mapping[str, str]) -> None:
    """Keep plans in a folder, and no others."""
    kept.mkdir(parents=True, exist_ok=True)
    for path in kept.glob("*.txt"):
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        (kept / name).write_text(text, "utf-8")
