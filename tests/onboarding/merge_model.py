"""A model of what saves of several tabs should come to, and tabs that edit and save as the web client does.

It knows nothing of digests: it applies what a tab has changed since it last read or saved.
"""

from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

from tests.accounts import Parent
from tests.onboarding.documents import complete, reading, save

FIELDS: Final[dict[tuple[str, str], list[Any]]] = {
    ("basicInfo", "name"): ["Noor", "Sanne", "Femke"],
    ("basicInfo", "parentType"): ["mom", "dad", "other"],
    ("basicInfo", "experienceLevel"): ["first_time", "experienced", "multiple_children"],
    ("basicInfo", "email"): ["", "a@example.org", "b@example.org"],
    ("stressAssessment", "stressLevel"): ["low", "high", "moderate"],
    ("stressAssessment", "primaryConcerns"): [[], ["slapen"], ["eten", "slapen"]],
    ("stressAssessment", "supportNetwork"): [[], ["oma"], ["buren"]],
    ("goals", "supportAreas"): [[], ["rust"], ["rust", "eten"]],
    ("goals", "communicationPreference"): [None, "e-mail", "telefoon"],
}
NAMES: Final = ["Bram", "Zoë", "Bo", "Noa", "Sam", "Ties"]
NEEDS: Final[list[list[str]]] = [[], ["bril"], ["koemelk", "bril"]]
TITLES: Final = ["Rust", "Samen eten", "Lezen", "Slapen", "Buiten spelen"]
TERMS: Final = ("shortTerm", "longTerm")
# A child that another tab has removed.
GONE: Final = -1
_numbers = count()

Values = dict[str, Any]


@dataclass
class Known:
    """A child that a tab was given or has posted: its values, and which of the model's it is, if that is certain."""

    values: Values
    number: int | None


@dataclass
class Stored:
    """What the service should have: fields, children by number, and goals."""

    fields: dict[tuple[str, str], Any] = field(default_factory=dict)
    children: dict[int, Values] = field(default_factory=dict)
    # How often the row of a child was changed.
    changes: Counter[int] = field(default_factory=Counter)
    goals: dict[str, list[str]] = field(default_factory=lambda: {term: [] for term in TERMS})
    # How often a title came to a list when goals were rows.
    arrivals: Counter[tuple[str, str]] = field(default_factory=Counter)
    # Titles that a tab removed while another had brought them back: a changed row stays, a new one goes.
    unsure: set[tuple[str, str]] = field(default_factory=set)
    completed: bool = False
    step: int = 0

    def named(self, name: str, taken: set[int]) -> int | None:
        """Number of the first child of that name, except those that are taken."""
        return next(
            (number for number, child in self.children.items() if child["name"] == name and number not in taken), None
        )

    def put(self, number: int, now: Values) -> None:
        """Add or change a child."""
        former = self.children.get(number)
        self.children[number] = (former or {}) | deepcopy(now)
        self.changes[number] += self.completed and former not in (None, self.children[number])


def values(child: dict[str, Any]) -> Values:
    """What a document says of a child, without its id."""
    return {name: value for name, value in sorted(child.items()) if name != "id"}


def key(child: dict[str, Any]) -> int | str:
    """What a child of a document is known by."""
    known: int | str = child.get("id", child["name"])
    return known


class Tab:
    """A tab of the web client: it keeps the document that it read, changes it, and posts it whole."""

    def __init__(self, parent: Parent, stored: Stored, ids: dict[int, int]) -> None:
        self._parent, self._stored, self._ids = parent, stored, ids
        self.document: dict[str, Any] = {}
        self._fields: dict[tuple[str, str], Any] = {}
        self._children: dict[int | str, Known] = {}
        self._changes: Counter[int] = Counter()
        self._goals: dict[str, list[str]] = {}
        self._arrivals: Counter[tuple[str, str]] = Counter()

    async def read(self) -> None:
        """Read the document, and hold it against the model."""
        self.document = await reading(self._parent)
        self._check()
        self._note()
        for child in self.document["childProfiles"]:
            self._children[key(child)].number = self._ids.get(child["id"]) if "id" in child else None

    def _note(self) -> None:
        """Take the document as what this tab knows."""
        self._fields = {path: self.get(path) for path in FIELDS}
        self._changes = self._stored.changes.copy()
        self._children = {key(child): Known(values(child), None) for child in deepcopy(self.document["childProfiles"])}
        self._goals = {term: list(self.document.get("goals", {}).get(term, [])) for term in TERMS}
        self._arrivals = self._stored.arrivals.copy()

    def _check(self) -> None:
        stored, document = self._stored, self.document
        assert {path: self.get(path) for path in FIELDS} == {path: stored.fields.get(path) for path in FIELDS}
        found = document["childProfiles"]
        assert sorted(map(str, map(values, found))) == sorted(map(str, map(values, stored.children.values())))
        for term in TERMS:
            titles = document.get("goals", {}).get(term, [])
            stored.goals[term] += [title for title in titles if (term, title) in stored.unsure]
            assert sorted(titles) == sorted(stored.goals[term])
        stored.unsure.clear()
        # A child keeps its row, whatever changes of it.
        unknown = {number: child for number, child in stored.children.items() if number not in self._ids.values()}
        for child in found if stored.completed else []:
            if child["id"] in self._ids:
                assert stored.children[self._ids[child["id"]]] == values(child)
            else:
                number = next(number for number, new in unknown.items() if new == values(child))
                self._ids[child["id"]] = number
                del unknown[number]

    def get(self, path: tuple[str, str]) -> Any:
        """A field; one that is empty is none."""
        return self.document.get(path[0], {}).get(path[1]) or None

    def set(self, path: tuple[str, str], value: Any) -> None:
        part = self.document.setdefault(path[0], {})
        if path[0] == "goals":
            part |= {"shortTerm": [], "longTerm": [], "supportAreas": []} | part
        if value is None:
            part.pop(path[1], None)
        else:
            part[path[1]] = deepcopy(value)

    async def save(self, *, step: int = 1, completing: bool = False) -> None:
        """Post the document, and change the model as this tab has changed it since it last read or saved."""
        if completing:
            for path, options in FIELDS.items():
                if path[0] in {"basicInfo", "stressAssessment"} and path[1] not in self.document.get(path[0], {}):
                    self.set(path, options[1])
            answer = await complete(self._parent, self.document)
        else:
            answer = await save(self._parent, self.document, step)
        assert answer.status_code == 200, answer.text
        self._apply_fields()
        self._apply_children()
        self._apply_goals()
        stored, was_completed = self._stored, self._stored.completed
        stored.completed = was_completed or completing
        stored.step = max(stored.step, 4 if completing else step)
        assert answer.json()["profile"]["currentOnboardingStep"] == stored.step
        links = {child: known.number for child, known in self._children.items()}
        self._note()
        # The service remembers which rows these are, also when a second tab completes.
        if was_completed:
            for child, known in self._children.items():
                known.number = links[child]

    def _apply_fields(self) -> None:
        for path in FIELDS:
            if self.get(path) != self._fields[path]:
                self._stored.fields[path] = self.get(path)

    def _apply_children(self) -> None:
        stored, held = self._stored.children, {key(child): values(child) for child in self.document["childProfiles"]}
        for known in self._children.values():
            if known.number is None:
                known.number = self._stored.named(known.values["name"], set())
            if known.number not in stored:
                known.number = GONE
        if self._stored.completed:
            self._rename(held)
        removed = [known for child, known in self._children.items() if child not in held]
        taken = {known.number for child, known in self._children.items() if child in held and known.number is not None}
        for child, now in held.items():
            before = self._children.get(child)
            changed = {name: now[name] for name in now if before is None or now[name] != before.values[name]}
            if before is not None and before.number in stored:
                self._stored.put(before.number, changed)
            elif changed:
                # One that was given and is gone comes back; one that is new may be there already.
                number = self._stored.named(now["name"], taken) if before is None else None
                number = next(_numbers) if number is None else number
                self._stored.put(number, now)
                taken.add(number)
                self._children[child] = Known(now, number)
        for known in removed:
            number = GONE if known.number is None else known.number
            is_touched = self._changes[number] != self._stored.changes[number]
            if number not in taken and stored.get(number) == known.values and not is_touched:
                del stored[number]

    def _rename(self, held: dict[int | str, Values]) -> None:
        """A child that this tab has added has no id here: who is as old and has the same needs has a new name."""
        for child in [child for child in self._children if isinstance(child, str) and child not in held]:
            known = self._children[child]
            others = {name: value for name, value in known.values.items() if name != "name"}
            for new, now in held.items():
                is_as_known = isinstance(new, str) and new not in self._children and others.items() <= now.items()
                if is_as_known and known.number in self._stored.children:
                    self._children[new] = self._children.pop(child)
                    break

    def _apply_goals(self) -> None:
        for term in TERMS:
            held, before, stored = (
                self.document.get("goals", {}).get(term, []),
                self._goals[term],
                self._stored.goals[term],
            )
            added = [title for title in held if title not in before and title not in stored]
            removed = [title for title in stored if title in before and title not in held]
            stored[:] = [title for title in stored + added if title not in removed]
            if self._stored.completed:
                self._stored.unsure |= {
                    (term, title)
                    for title in removed
                    if self._arrivals[term, title] != self._stored.arrivals[term, title]
                }
                self._stored.arrivals.update((term, title) for title in added)
