"""The peers of the bench: what they answer, and that one which answers otherwise isn't measured."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from tests.accounts import Accounts
from tests.installed import installed
from tests.load.figures import Figures
from tests.load.peers import answers, choosing
from tests.load.peers.answers import Answer, ask, check_answers
from tests.load.peers.running import PEERS, Form, Peer, install, running_peer
from tests.load.requests import Family
from tests.load.systems import System

Change = Callable[[Answer], Answer]

CHILD = {
    "name": "Zoë “Zo”",
    "age": 4,
    "specialNeeds": ["notenallergie", "a\\b"],
    "routines": {"bedtijd": "19:00", "avond": [1, 2.5, None]},
    "lastAssessment": "2026-03-01T10:00:00.12Z",
}
GOAL = {"title": "Voorlezen", "description": "Elke\navond", "targetDate": "2026-03-01T12:00:00+02:00"}
# More than a page.
GOALS = [GOAL, *[GOAL | {"status": "achieved"}] * 24]


@pytest.fixture
async def families(accounts: Accounts) -> Sequence[Family]:
    """Two families with all kinds of values."""
    made = []
    for _ in range(2):
        parent = await accounts.parent()
        child = (await parent.client.post("/api/child-profiles", json=CHILD)).json()
        goals = (await parent.client.post("/api/parenting-goals/batch", json=GOALS)).json()
        made.append(Family(parent.token, parent.user_id, parent.parent_profile_id, child["id"], goals[0]["id"]))
    return made


@pytest.fixture(scope="session")
def _packages() -> None:
    installed("npm", "the dependency group `node`")
    install()


@pytest.mark.long
@pytest.mark.usefixtures("_packages")
@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)
async def test_a_peer_answers_as_the_service_does(
    dsn: str, service: str, families: Sequence[Family], peer: Peer, processes: int
) -> None:
    with running_peer(peer, Form(processes, 4), dsn) as system:
        await asyncio.to_thread(check_answers, system, System("service", service, 0), families)


@pytest.mark.parametrize(
    ("two", "chosen"),
    [
        ((100, 90), [Form(1, 8), Form(2, 4)]),
        ((120, 90), [Form(1, 8), Form(2, 4)]),
        ((200, 90), [Form(2, 4)]),
        ((100, 60), [Form(1, 8)]),
    ],
)
def test_the_fastest_forms_are_chosen(
    monkeypatch: pytest.MonkeyPatch, two: tuple[int, int], chosen: list[Form]
) -> None:
    """By all workloads, each of them alike; and of each number of processes, if it isn't clearly slower."""
    rates = {Form(1, 4): (900, 10), Form(1, 8): (500, 20), Form(2, 4): two, Form(2, 8): (90, 60)}
    tried: list[tuple[str, Form]] = []

    @contextmanager
    def running_peer(peer: Peer, form: Form, dsn: str) -> Iterator[System]:
        tried.append((dsn, form))
        yield System(peer.name, "", form.processes * 100 + form.connections)

    class Measured:
        def measure(self, system: System, workload: str, connections: int, *_: object) -> Figures:
            reads, writes = rates[Form(*divmod(system.pid, 100))]
            rate = writes if workload in {"insert", "update"} else reads
            return Figures(workload=workload, system=system.name, connections=connections, rate=rate)

    monkeypatch.setattr(choosing, "running_peer", running_peer)
    peer = Peer("peer", Path, "", tuple(rates))
    assert choosing.choose(peer, Measured(), "dsn", 128) == chosen  # type: ignore[arg-type]
    assert tried == [("dsn", form) for form in rates]


def replaced(old: str, new: str) -> Change:
    return lambda answer: answer._replace(document=answer.document.replace(old, new))


# What is wrong, in answers to which requests.
WRONG: Final[dict[str, tuple[bytes, Change]]] = {
    "child: float": (b"GET", replaced('"age":4', '"age":4.0')),
    "child: text": (b"GET", replaced('"age":4', '"age":"4"')),
    "child: moment": (b"GET", replaced("T10:00:00.12Z", "T10:00:00Z")),
    "family: key": (b"GET", replaced('"profilePicture":null,"parentProfile"', '"parentProfile"')),
    "list: order": (
        b"GET /api/parenting-goals?",
        replaced(
            '"title":"Voorlezen","description":"Elke\\navond"', '"description":"Elke\\navond","title":"Voorlezen"'
        ),
    ),
    "insert: status": (b"POST", lambda answer: answer._replace(status=200)),
    "insert as read again: value": (b"POST", replaced('"priority":30', '"priority":31')),
    "update as read again: value": (b"PATCH", replaced('"priority":40', '"priority":41')),
    "no child: status": (b"GET", lambda answer: answer._replace(status=min(answer.status, 403))),
}


async def test_a_peer_that_answers_otherwise(
    service: str, families: Sequence[Family], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The service is its own peer, but for one thing."""
    systems = System("peer", service, 0), System("service", service, 0)
    await asyncio.to_thread(check_answers, *systems, families)
    for what, (start, wrong) in WRONG.items():

        def ask_wrongly(system: System, sent: bytes, start: bytes = start, wrong: Change = wrong) -> Answer:
            change = system.name == "peer" and sent.startswith(start)
            return wrong(ask(system, sent)) if change else ask(system, sent)

        monkeypatch.setattr(answers, "ask", ask_wrongly)
        with pytest.raises(ValueError, match=f"peer, {what.partition(':')[0]}: not the service's answer"):
            await asyncio.to_thread(check_answers, *systems, families)
