"""Finds out in which forms a peer is fast."""

from math import prod
from typing import Final

from tests.load.measuring import Measuring
from tests.load.peers.running import Form, Peer, running_peer

# Two that read and two that write.
_WORKLOADS: Final = ("child", "family", "insert", "update")
SECONDS: Final = 0.5
# Share of the fastest form's rate from which on another number of processes may be as fast: a short trial on a noisy
# machine doesn't tell them apart, and for some workloads the other one is the faster.
_NEAR: Final = 0.8


def choose(peer: Peer, measuring: Measuring, dsn: str, connections: int) -> list[Form]:
    """The fastest form of each number of processes, by the geometric mean of its rates over some workloads.

    Those are left out that are clearly slower than the fastest of all.
    """
    rates: dict[Form, float] = {}
    for form in peer.forms:
        with running_peer(peer, form, dsn) as system:
            # Warm up, longer, as compilers of JavaScript take their time.
            measuring.measure(system, "mix", connections)
            product = prod(measuring.measure(system, workload, connections, SECONDS).rate for workload in _WORKLOADS)
            rates[form] = product ** (1 / len(_WORKLOADS))
    best: dict[int, Form] = {}
    for form in sorted(rates, key=rates.__getitem__):
        best[form.processes] = form
    fastest = max(rates.values())
    return [best[processes] for processes in sorted(best) if rates[best[processes]] >= _NEAR * fastest]
