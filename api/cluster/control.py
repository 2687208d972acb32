"""What a person does to a running cluster: look at it, end a part of it at once, hand the leader's place over."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError
from urllib.request import HTTPBasicAuthHandler, HTTPPasswordMgrWithDefaultRealm, Request, build_opener

from api.cluster.layout import Layout
from api.cluster.programs import ETCD, ClusterError
from api.cluster.running import kill_at_once, read_pids

# Seconds for an answer of Patroni, and for that to a switchover, which takes some.
_TIMEOUT: Final = 2.0
_SWITCHOVER_TIMEOUT: Final = 30.0
_LEADING: Final = frozenset({"leader", "standby_leader"})


def members(layout: Layout) -> list[dict[str, Any]]:
    """What Patroni says of each node, from the first that answers; empty if none does."""
    return next((found["members"] for found in _answers(layout, "/cluster") if "members" in found), [])


def is_whole(layout: Layout) -> bool:
    """Whether a node leads and the others follow it, as each says itself, as etcd remembers for a while who is gone.

    Each of them also counts for commits, which takes Patroni a moment: before, a new leader may wait for another. And
    none of them keeps to the leader because etcd was away.
    """
    try:
        _ask(layout, layout.etcd, "/health")
        found = [_ask(layout, node.rest, "/patroni") for node in layout.nodes]
    except OSError:
        return False
    following = [each.get("replication_state") == "streaming" and each.get("quorum_standby") for each in found]
    if any(map(_keeps_to_its_leader, found)):
        return False
    return all(each["state"] == "running" for each in found) and following.count(True) == len(found) - 1


def leader(layout: Layout) -> str | None:
    """Name of the node that leads, as etcd has it."""
    return next((each["name"] for each in members(layout) if each["role"] in _LEADING), None)


def kill(layout: Layout, folder: Path, what: str) -> str:
    """End the leader, a standby or etcd at once, with all its processes; returns its name.

    Raises:
        ClusterError: there's none.

    """
    pids = read_pids(folder)
    if not pids:
        raise ClusterError(f"no cluster runs in {folder}: `just cluster` starts one")
    if what == ETCD:
        name: str | None = ETCD
    else:
        leading = leader(layout)
        name = leading if what == "leader" else next((each.name for each in layout.nodes if each.name != leading), None)
    if name is None or name not in pids:
        raise ClusterError(f"there's no {what} now: `just cluster --status`")
    kill_at_once(folder, name, pids[name])
    return name


def switch_over(layout: Layout) -> str:
    """Have another node lead, without loss; returns what Patroni says.

    Raises:
        ClusterError: it can't be done now.

    """
    # Patroni says this also while etcd is away, and it doesn't say then who leads.
    if any(map(_keeps_to_its_leader, _answers(layout, "/patroni"))):
        raise ClusterError(
            "etcd is away, or was: until 20 seconds after it's back standbys keep to their leader, so that none would "
            "take its place: try again then"
        )
    leading = leader(layout)
    node = next((each for each in layout.nodes if each.name == leading), None)
    if node is None:
        raise ClusterError("there's no leader now: `just cluster --status`")
    try:
        return str(_ask(layout, node.rest, "/switchover", {"leader": leading}))
    except HTTPError as error:
        raise ClusterError(f"Patroni refuses: {error.read().decode()}") from None
    except OSError as error:
        raise ClusterError(f"Patroni can't be asked: {error}") from None


def _keeps_to_its_leader(node: Mapping[str, Any]) -> bool:
    """Whether a node heard of its leader that etcd is away: it keeps to it for Patroni's ttl, whatever etcd says."""
    return bool(node.get("failsafe_mode_is_active"))


def _answers(layout: Layout, path: str) -> Iterator[dict[str, Any]]:
    """What each node says, but those that are down or hang."""
    for node in layout.nodes:
        try:
            answer: dict[str, Any] = _ask(layout, node.rest, path)
        except (OSError, ValueError):
            continue
        yield answer


def _ask(layout: Layout, port: int, path: str, body: Mapping[str, object] | None = None) -> Any:
    url = f"http://127.0.0.1:{port}{path}"
    passwords = HTTPPasswordMgrWithDefaultRealm()
    passwords.add_password(None, url, "rest", layout.passwords["rest"])
    request = Request(url, None if body is None else json.dumps(body).encode())
    timeout = _TIMEOUT if body is None else _SWITCHOVER_TIMEOUT
    with build_opener(HTTPBasicAuthHandler(passwords)).open(request, timeout=timeout) as answer:
        text = answer.read().decode()
    return json.loads(text) if text.startswith("{") else text
