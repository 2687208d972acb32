"""The mix for locust: `uv run --group load locust -f tests/load/locustfile.py --host http://127.0.0.1:8000`.

Tokens come from `sessions.tsv` in DATA_DIR, or `.data`, where `just seed` writes them.
"""

import os
from itertools import cycle
from pathlib import Path

from locust import FastHttpUser, task
from locust.exception import StopUser

from tests.load.requests import GOAL_PATCH, MIX, NEW_GOAL, read_sessions

_FILE = Path(os.environ.get("DATA_DIR") or ".data") / "sessions.tsv"
if not _FILE.exists():
    raise SystemExit(f"{_FILE} isn't there: `just seed N` on the service's database writes it")
_SESSIONS = cycle(list(read_sessions(_FILE)))


class Parent(FastHttpUser):
    """A parent with a session and a child, who sends the next request as soon as an answer arrives."""

    def on_start(self) -> None:
        session = next(_SESSIONS)
        self.child = f"/api/child-profiles/{session.child_id}"
        self.headers = {"Authorization": f"Bearer {session.token}"}
        created = self.client.post("/api/parenting-goals", json=NEW_GOAL, headers=self.headers, name="insert a goal")
        if created.status_code != 201:
            # Without a goal there's nothing to update: the service can't be reached, or has another database.
            raise StopUser
        self.goal = f"/api/parenting-goals/{created.json()['id']}"

    @task(MIX["child"])
    def read_child(self) -> None:
        self.client.get(self.child, headers=self.headers, name="one child by id")

    @task(MIX["list"])
    def list_goals(self) -> None:
        self.client.get("/api/parenting-goals?limit=20", headers=self.headers, name="list page of goals")

    @task(MIX["update"])
    def update_goal(self) -> None:
        self.client.patch(self.goal, json=GOAL_PATCH, headers=self.headers, name="update a goal")

    @task(MIX["insert"])
    def insert_goal(self) -> None:
        self.client.post("/api/parenting-goals", json=NEW_GOAL, headers=self.headers, name="insert a goal")
