"""Clients behind something that sends requests to services that say that they are ready, as load balancers do."""

import http.client
import threading
from collections import Counter
from collections.abc import Sequence
from itertools import count
from typing import Final

from tests.load.requests import Session
from tests.server.clients import Clients
from tests.waiting import LONGEST, until

# Seconds between two questions whether a service is ready.
INTERVAL: Final = 0.2


class Balanced(Clients):
    """Clients that read and write without a pause, each over connections that stay open for as long as they may."""

    def __init__(self, ports: Sequence[int], sessions: Sequence[Session]) -> None:
        """Take the services' ports, and a session for each client."""
        super().__init__()
        self._ports = ports
        self._ready = dict.fromkeys(ports, False)
        self.answered: Counter[tuple[int, int]] = Counter()
        self.failed: list[str] = []
        self.added: list[str] = []
        self._threads = [threading.Thread(target=self._look, args=(port,)) for port in ports]
        self._threads += [threading.Thread(target=self._ask, args=(session,)) for session in sessions]

    def wait_for(self, port: int, more: int = 200) -> None:
        """Wait until a service has answered so many more requests with success."""
        before = self.by_port(port)
        until(lambda: self.by_port(port) >= before + more)

    def by_port(self, port: int) -> int:
        """How many requests a service answered with success."""
        return sum(times for (answering, _), times in self.answered.items() if answering == port)

    def _look(self, port: int) -> None:
        while not self._stop.wait(INTERVAL):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LONGEST)
            try:
                connection.request("GET", "/health/ready")
                self._ready[port] = connection.getresponse().status == 200
            except OSError:
                self._ready[port] = False
            finally:
                connection.close()

    def _ask(self, session: Session) -> None:
        connections = {port: http.client.HTTPConnection("127.0.0.1", port, timeout=LONGEST) for port in self._ports}
        headers = {"Authorization": f"Bearer {session.token}", "Content-Type": "application/json"}
        for number in count():
            if self._stop.is_set():
                break
            ready = [port for port in self._ports if self._ready[port]]
            for port in {*self._ports} - {*ready}:
                connections[port].close()
            if not ready:
                self._stop.wait(INTERVAL)
                continue
            port = ready[number % len(ready)]
            connection = connections[port]
            title = f"{session.user_id} {number}"
            # An odd number, so that each service gets some; a family may have a thousand goals.
            writes = number % 49 == 0
            try:
                if writes:
                    body = f'{{"title": "{title}", "category": "short_term", "priority": 30}}'
                    connection.request("POST", "/api/parenting-goals", body, headers)
                else:
                    connection.request("GET", f"/api/child-profiles/{session.child_id}", headers=headers)
                answer = connection.getresponse()
                said = answer.read()
                if answer.status == (201 if writes else 200):
                    self.answered[port, answer.status] += 1
                    if writes:
                        self.added.append(title)
                else:
                    self.failed.append(f"{answer.status} {said.decode()}")
            except (OSError, http.client.HTTPException) as error:
                self.failed.append(repr(error))
                connection.close()
        for connection in connections.values():
            connection.close()
