"""Run three PostgreSQL nodes under Patroni, etcd and two instances of the service on this machine, until Ctrl-C.

With an option, do something to the cluster that runs with the same DATA_DIR.
"""

import argparse

from api.cluster.cluster import cluster_folder, run_cluster
from api.cluster.control import kill, members, switch_over
from api.cluster.layout import kept_layout
from api.cluster.programs import ClusterError
from api.settings import Settings
from api.terminal import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--kill", choices=["leader", "standby", "etcd"], help="end it at once, as a machine dies")
    what.add_argument("--switchover", action="store_true", help="have another node lead, without loss")
    what.add_argument("--status", action="store_true", help="show the nodes")


def run(options: argparse.Namespace, settings: Settings) -> int:
    folder = cluster_folder(settings)
    if options.kill:
        say(f"{kill(kept_layout(folder), folder, options.kill)} was killed")
    elif options.switchover:
        say(switch_over(kept_layout(folder)))
    elif options.status:
        found = members(kept_layout(folder))
        if not found:
            raise ClusterError("no node answers: `just cluster` starts them")
        for each in found:
            timeline, lag = each.get("timeline", "?"), each.get("lag", 0)
            say(f"{each['name']}  {each['role']:<15} {each['state']:<10} timeline {timeline}  lag {lag}")
    else:
        run_cluster(settings)
    return 0
