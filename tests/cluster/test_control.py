"""What is asked of a cluster's nodes while some of them are down or hang."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from api.cluster import control
from api.cluster.control import members, switch_over
from api.cluster.layout import Layout, Node
from api.cluster.programs import ClusterError
from tests.conftest import free_port

CLUSTER = {"members": [{"name": "node3", "role": "leader"}, {"name": "node4", "role": "replica"}]}


@contextmanager
def patroni(answers: dict[str, Any]) -> Iterator[int]:
    """A node's REST API, which says nothing where it has no answer."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path in answers:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(json.dumps(answers[self.path]).encode())

        def do_POST(self) -> None:
            assert json.loads(self.rfile.read(int(self.headers["Content-Length"]))) == {"leader": "node3"}
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"Successfully switched over")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@contextmanager
def cluster(leader: dict[str, Any], standby: dict[str, Any]) -> Iterator[Layout]:
    """A node that is down, one that hangs, a leader and a standby."""
    with (
        socket.create_server(("127.0.0.1", 0)) as hung,
        patroni(leader) as leading,
        patroni(standby) as following,
    ):
        ports = (free_port(), hung.getsockname()[1], leading, following)
        nodes = [Node(f"node{number}", 1, port) for number, port in enumerate(ports, 1)]
        yield Layout(1, 1, nodes, {"rest": "sesam"})


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control, "_TIMEOUT", 0.2)


def test_nodes_that_do_not_answer_stop_no_switchover() -> None:
    answers = {"/cluster": CLUSTER, "/patroni": {"state": "running"}}
    with cluster(answers, answers) as layout:
        assert members(layout) == CLUSTER["members"]
        assert switch_over(layout) == "Successfully switched over"


@pytest.mark.parametrize("etcd_is_back", [True, False])
def test_a_standby_that_keeps_to_its_leader_does(*, etcd_is_back: bool) -> None:
    found = {"/cluster": CLUSTER} if etcd_is_back else {}
    keeping = {"/patroni": {"failsafe_mode_is_active": True}}
    with (
        cluster({**found, "/patroni": {"state": "running"}}, {**found, **keeping}) as layout,
        pytest.raises(ClusterError, match="etcd is away, or was: until 20 seconds after it's back"),
    ):
        switch_over(layout)


def test_nobody_leads() -> None:
    with cluster({}, {}) as layout, pytest.raises(ClusterError, match="there's no leader now"):
        switch_over(layout)
