"""The licences of the packages that a project depends on, directly or not, as their metadata states them."""

from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import Distribution
from typing import Any, Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

# As SPDX, classifiers and authors call them, in lower case.
PERMISSIVE: Final = frozenset(
    {
        *("0bsd", "apache", "apache 2.0", "apache-2.0", "apache license 2.0", "apache software license"),
        "apache license, version 2.0",
        *("bsd", "bsd license", "bsd-2-clause", "bsd-3-clause", "3-clause bsd license"),
        *("cc0 1.0 universal (cc0 1.0) public domain dedication", "cnri-python", "psf-2.0"),
        *("isc", "mit", "mit license", "mit-0", "mit-cmu", "postgresql"),
    }
)


def requirements(project: Mapping[str, Any]) -> list[Requirement]:
    """What a pyproject.toml asks for to run and to develop; groups may include others."""
    asked, groups = list(project["project"]["dependencies"]), ["dev"]
    while groups:
        for each in project["dependency-groups"][groups.pop()]:
            if isinstance(each, str):
                asked.append(each)
            else:
                groups.append(each["include-group"])
    return [*map(Requirement, asked)]


def overrides(project: Mapping[str, Any]) -> dict[str, Requirement]:
    """What uv takes in place of what packages ask for, by name."""
    found = map(Requirement, project["tool"]["uv"]["override-dependencies"])
    return {canonicalize_name(each.name): each for each in found}


def installed(
    asked: Iterable[Requirement], path: Sequence[str], instead: Mapping[str, Requirement]
) -> dict[str, Distribution]:
    """The packages that are asked for, and those that they ask for, by name; `path` is where they are."""
    found: dict[str, Distribution] = {}
    known: set[tuple[str, frozenset[str]]] = set()
    left = list(asked)
    while left:
        requirement = left.pop()
        name, extras = canonicalize_name(requirement.name), frozenset(requirement.extras)
        if (name, extras) in known or (name in instead and not _applies(instead[name], frozenset())):
            continue
        known.add((name, extras))
        [found[name], *_] = Distribution.discover(name=name, path=list(path))
        left += [each for text in found[name].requires or () if _applies(each := Requirement(text), extras)]
    return found


def unfit(distribution: Distribution) -> list[str]:
    """What a package states of its licence that isn't known to be permissive; `nothing` if it's silent."""
    return [statement for statement in _statements(distribution) if not is_permissive(statement)]


def is_permissive(statement: str) -> bool:
    """Whether a name or an SPDX expression is of permissive licences; what has both `AND` and `OR` isn't read."""
    if " AND " in statement and " OR " in statement:
        return False
    many = any if " OR " in statement else all
    return many(part.strip().lower() in PERMISSIVE for part in statement.replace(" OR ", " AND ").split(" AND "))


def _statements(distribution: Distribution) -> list[str]:
    metadata = distribution.metadata
    stated = [
        *(metadata.get_all("License-Expression") or ()),
        # Some have the whole text here: its title comes first.
        *(text.strip().partition("\n")[0] for text in metadata.get_all("License") or ()),
        *(
            classifier.rpartition(" :: ")[2]
            for classifier in metadata.get_all("Classifier") or ()
            if classifier.startswith("License :: ") and classifier != "License :: OSI Approved"
        ),
    ]
    return [*filter(None, stated)] or ["nothing"]


def _applies(requirement: Requirement, extras: frozenset[str]) -> bool:
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in extras | {""})
