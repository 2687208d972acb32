"""Reads metrics as Prometheus does."""

import http.client
from collections.abc import Callable, Mapping
from typing import Final

from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from tests.waiting import LONGEST, until

# By name of the sample and its labels.
Samples = Mapping[tuple[str, frozenset[tuple[str, str]]], float]

TIMEOUT: Final = LONGEST


def fetch(port: int, path: str = "/metrics", method: str = "GET", **headers: str) -> tuple[int, str, str]:
    """Status, content type and body of an answer of the metrics' port."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
    try:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.headers["content-type"], answer.read().decode()
    finally:
        connection.close()


def metrics(port: int) -> list[Metric]:
    """All metrics of a scrape."""
    status, _, text = fetch(port)
    assert status == 200
    return list(text_string_to_metric_families(text))


def samples_of(metrics: list[Metric]) -> Samples:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value for metric in metrics for sample in metric.samples
    }


def growing(metrics: list[Metric]) -> Samples:
    """Samples of metrics that never go back."""
    return samples_of([metric for metric in metrics if metric.type in {"counter", "histogram"}])


def total(samples: Samples, name: str, **labels: str) -> float:
    """Sum of the samples of a name that have these labels."""
    return sum(value for (each, has), value in samples.items() if each == name and labels.items() <= set(has))


def until_scraped(port: int, condition: Callable[[Samples], bool]) -> Samples:
    """Scrape until a condition is met: workers publish a few times a second."""
    found: list[Samples] = []

    def is_met() -> bool:
        found.append(samples_of(metrics(port)))
        return condition(found[-1])

    until(is_met)
    return found[-1]
