"""What the expressions of the dashboard and the alerts ask for, by a parser of PromQL."""

import json
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import promql_parser
import yaml
from promql_parser import AggregateExpr, Expr, MatrixSelector, VectorSelector

from api.paths import API

FOLDER: Final = API / "server" / "monitoring"
# What Prometheus itself knows: of each target, and of each bucket.
OF_PROMETHEUS: Final = {"instance", "job", "le"}


class Asked(NamedTuple):
    """Names of series, and labels by which they are chosen or put together."""

    names: set[str]
    labels: set[str]


def alerts() -> list[dict[str, Any]]:
    document = yaml.safe_load((FOLDER / "alerts.yml").read_text("utf-8"))
    return [rule for group in document["groups"] for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    panels: list[dict[str, Any]] = json.loads((FOLDER / "dashboard.json").read_text("utf-8"))["panels"]
    return panels


def expressions() -> Iterator[tuple[str, str]]:
    """Titles and expressions; Grafana's variables have a value."""
    for rule in alerts():
        yield rule["alert"], rule["expr"]
    for panel in panels():
        for target in panel.get("targets", []):
            yield panel["title"], target["expr"].replace("$__rate_interval", "5m")


def asked(expression: str) -> Asked:
    """What an expression asks for; it's an error if it can't be parsed."""
    found = Asked(set(), set())

    def visit(each: Expr) -> None:
        if isinstance(each, AggregateExpr) and each.modifier is not None:
            found.labels.update(each.modifier.labels)
        selector = each.vector_selector if isinstance(each, MatrixSelector) else each
        if isinstance(selector, VectorSelector):
            found.names.add(str(selector.name))
            found.labels.update(matcher.name for matcher in selector.matchers.matchers)

    promql_parser.walk(promql_parser.parse(expression), visit)
    return found
