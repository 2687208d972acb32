"""Finds out how a peer is fastest."""

from math import prod
from typing import Final

from tests.load.measuring import Measuring
from tests.load.peers.running import Form, Peer, running_peer

# Two that read and two that write.
_WORKLOADS: Final = ("child", "family", "insert", "update")
SECONDS: Final = 0.5


def choose(peer: Peer, measuring: Measuring, dsn: str, connections: int) -> Form:
    """The form of a peer whose rates have the largest geometric mean over some workloads."""
    rates: dict[Form, float] = {}
    for form in peer.forms:
        with running_peer(peer, form, dsn) as system:
            # Warm up, longer, as compilers of JavaScript take their time.
            measuring.measure(system, "mix", connections)
            rates[form] = prod(
                measuring.measure(system, workload, connections, SECONDS).rate for workload in _WORKLOADS
            )
    return max(rates, key=rates.__getitem__)
