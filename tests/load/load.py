"""`just load`: an open-loop test of a running service, at rates that rise until it can't keep up."""

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urlsplit

import msgspec
import uvloop

from api.terminal import say, warn
from tests.load.figures import KEPT_UP, MAY_FAIL, Step
from tests.load.machine import machine
from tests.load.open_loop import offer
from tests.load.picture import draw_steps
from tests.load.requests import WORKLOADS, make_requests, read_families

HERE: Final = Path(__file__).parent
# Factor between the rates of two steps, and the most steps.
GROWTH: Final = 1.25
MAX_STEPS: Final = 30
MAX_SECONDS: Final = 60
FAMILIES: Final = 1024
# Share of a core above which the load generator may send requests too late.
BUSY: Final = 0.85
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


def main(arguments: Sequence[str] | None = None) -> int:
    """Offer load and show the results; returns the exit status."""
    options = _parser().parse_args(arguments)
    address = urlsplit(options.url)
    if address.scheme not in {"http", "https"} or not address.hostname:
        warn(f"{options.url} is no address like http://127.0.0.1:8000")
        return 2
    if address.hostname not in _LOOPBACK and not options.remote:
        warn(f"{address.hostname} is another machine: --remote says that it's yours to load")
        return 2
    try:
        steps = list(_offer_rising(address, options))
    except (OSError, ValueError) as error:
        warn(_explain_error(error, options))
        return 1
    if options.keep:
        (HERE / "results" / "load.json").write_bytes(msgspec.json.format(msgspec.json.encode(steps)) + b"\n")
        caption = f"{datetime.now(UTC).date()}, {machine()}"
        (HERE / "load.svg").write_text(draw_steps(steps, options.workload, caption), "utf-8")
    kept = [step for step in steps if step.kept_up and step.p99 <= options.bound]
    say(f"kept up with {kept[-1].offered:,.0f} requests a second" if kept else "kept up with none of these rates")
    if steps[-1].generator > BUSY:
        say(f"the load generator was busy for {steps[-1].generator:.0%} of the last step: it may be what can't keep up")
    return 0 if kept else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="just load")
    parser.add_argument("url", nargs="?", default="http://127.0.0.1:8000", help="the service (http://127.0.0.1:8000)")
    sessions = Path(os.environ.get("DATA_DIR") or ".data") / "sessions.tsv"
    parser.add_argument("--sessions", type=Path, default=sessions, help="tokens that `just seed` wrote")
    parser.add_argument("--workload", choices=WORKLOADS, default="mix", help="what is asked (mix)")
    parser.add_argument(
        "--rate", type=_positive_up_to(100_000), default=500, help="requests a second to begin with (500)"
    )
    parser.add_argument(
        "--seconds", type=_positive_up_to(MAX_SECONDS), default=5, help="how long each rate is offered (5)"
    )
    parser.add_argument(
        "--connections", type=int, choices=range(1, 1001), default=128, metavar="N", help="how many (128)"
    )
    parser.add_argument(
        "--bound", type=_positive_up_to(10_000), default=500, help="milliseconds that p99 may take (500)"
    )
    parser.add_argument("--remote", action="store_true", help="load a machine other than this one")
    parser.add_argument("--keep", action="store_true", help="write tests/load/load.svg and results/load.json")
    return parser


def _explain_error(error: OSError | ValueError, options: argparse.Namespace) -> str:
    match error:
        case FileNotFoundError():
            return f"{options.sessions} isn't there: `just seed N` on the service's database writes it"
        case OSError():
            return f"{options.url}: {error.strerror or error}"
        case _:
            return str(error)


def _offer_rising(address: SplitResult, options: argparse.Namespace) -> Iterator[Step]:
    """Offer rising rates, up to and including the first that is too high."""
    families = read_families(address, options.sessions, FAMILIES)
    if not families:
        raise ValueError(f"{options.sessions} has no family with a child and a goal")
    requests = make_requests(options.workload, families)
    rate = options.rate
    say(
        f"offering {options.url} the workload {options.workload}: {rate:g} requests a second, rising by a quarter "
        f"every {options.seconds:g} s, {MAX_STEPS} times at most, on {options.connections} connections; it ends when "
        f"fewer than {KEPT_UP:.0%} are answered in time, more than {MAY_FAIL:.1%} fail or p99 is over "
        f"{options.bound:g} ms; goals that it adds stay"
    )
    say(f"{'offered':>9} {'achieved':>9} {'errors':>7} {'p50 ms':>8} {'p99 ms':>8} {'p99.9 ms':>9} {'generator':>10}")
    for _ in range(MAX_STEPS):
        step = uvloop.run(
            offer(
                "service",
                address,
                requests,
                rate=rate,
                seconds=options.seconds,
                connections=options.connections,
            )
        )
        say(
            f"{step.offered:9,.0f} {step.achieved:9,.0f} {step.errors:7} {step.p50:8.1f} {step.p99:8.1f} "
            f"{step.p999:9.1f} {step.generator:10.0%}"
        )
        yield step
        if not step.kept_up or step.p99 > options.bound:
            return
        rate = round(rate * GROWTH)


def _positive_up_to(most: float) -> Callable[[str], float]:
    def number(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = 0
        if not 0 < value <= most:
            raise argparse.ArgumentTypeError(f"{text} is no number above 0 and at most {most:g}")
        return value

    return number


if __name__ == "__main__":
    sys.exit(main())
