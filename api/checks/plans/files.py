"""The files of tests/plans, which keep the plans so that a change shows in a diff."""

from itertools import groupby
from pathlib import Path

from api.checks.plans.plans import Plan
from api.paths import PLANS


def plan_files(plans: list[Plan], folder: Path = PLANS) -> dict[Path, str]:
    """Texts of the files of plans, one for each query file, by path."""
    return {
        folder / f"{stem}.txt": "\n".join(f"-- {plan.statement.name}\n{plan.text}\n" for plan in of_file)
        for stem, of_file in groupby(plans, key=lambda plan: plan.statement.path.stem)
    }
