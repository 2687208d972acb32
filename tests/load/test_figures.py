"""Percentiles and medians."""

from statistics import median, median_low

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.load.figures import Figures, Report, Step, median_ratio, medians, percentile


def figures(rate: float, *, workload: str = "mix", system: str = "service", connections: int = 1) -> Figures:
    return Figures(
        workload=workload, system=system, connections=connections, rate=rate, p99=2 * rate, errors=round(rate)
    )


@pytest.mark.parametrize(
    ("count", "share", "value"),
    [
        *[(1000, 0.5, 500), (1000, 0.99, 990), (1000, 0.999, 999), (1000, 1, 1000)],
        *[(3, 0.5, 2), (3, 0.99, 3), (199, 0.99, 198), (1, 0.5, 1), (1, 0.999, 1), (100, 0.07, 7), (0, 0.5, 0)],
    ],
)
def test_percentile(count: int, share: float, value: float) -> None:
    assert percentile(range(1, count + 1), share) == value


@given(values=st.lists(st.floats(0, 1e6), min_size=1), share=st.sampled_from([0.5, 0.9, 0.99, 0.999, 1]))
def test_percentile_is_the_smallest_that_the_share_does_not_exceed(values: list[float], share: float) -> None:
    found = percentile(sorted(values), share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values) - 1e-9
    assert sum(value < found for value in values) < share * len(values)
    assert percentile(sorted(values), 0.5) == median_low(values)


@given(
    rates=st.lists(st.tuples(st.sampled_from(["bare", "service"]), st.sampled_from([1, 128]), st.integers(1, 10**5)))
)
def test_medians_are_those_of_the_measurements_of_the_same_thing(rates: list[tuple[str, int, int]]) -> None:
    found = medians([figures(rate, system=system, connections=connections) for system, connections, rate in rates])
    keys = {(system, connections) for system, connections, _ in rates}
    assert sorted((each.system, each.connections) for each in found) == sorted(keys)
    for each in found:
        same = [rate for system, connections, rate in rates if (system, connections) == (each.system, each.connections)]
        assert (each.rate, each.p99, each.errors) == (median(same), 2 * median(same), sum(same))


def test_a_ratio_is_the_median_of_those_of_the_rounds() -> None:
    rounds = [(10, 20), (30, 10), (10, 10)]
    found = [
        figures(rate, system=system) for pair in rounds for system, rate in zip(("service", "bun"), pair, strict=True)
    ]
    assert median_ratio([*found, figures(1, connections=2)], "mix", 1, ("service", "bun")) == 1


def test_find() -> None:
    kinds = [("mix", "bare", 1), ("mix", "service", 1), ("mix", "service", 128), ("child", "pgbench", 8)]
    found = [
        figures(rate, workload=workload, system=system, connections=connections)
        for rate, (workload, system, connections) in enumerate(kinds)
    ]
    report = Report(
        date="", machine="", versions={}, families=0, rounds={}, seconds={}, ceilings=[], medians=found, steps=[],
        memory={},
    )  # fmt: skip
    assert report.find("mix", "service", 128).rate == 2
    assert report.find("child", "pgbench").rate == 3


@pytest.mark.parametrize(
    ("achieved", "errors", "kept_up"),
    [(100, 0, True), (95, 0, True), (94.9, 0, False), (0, 0, False), (100, 2, True), (100, 3, False)],
)
def test_kept_up(achieved: float, errors: int, kept_up: bool) -> None:
    step = Step(
        system="service", requests=2000, offered=100, achieved=achieved, errors=errors, generator=0, p50=1, p99=1,
        p999=1,
    )  # fmt: skip
    assert step.kept_up == kept_up
