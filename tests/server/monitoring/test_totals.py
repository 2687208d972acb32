"""What workers publish is added up, and what ended ones counted is kept."""

from contextlib import ExitStack
from typing import Final

import msgspec
import pytest
from litestar.routes import HTTPRoute

from api.app import unserved_app
from api.database.queries import bound_queries
from api.http.endpoint import Endpoint
from api.metrics import Family, Kind, Labels, Reading, families, read
from api.problems import types
from api.server.board import Row, create_board
from api.server.monitoring.totals import Totals

A: Final[Labels] = ("a",)
B: Final[Labels] = ("b",)


def family(kind: Kind, cells: dict[Labels, list[float]], bounds: tuple[float, ...] = ()) -> Family:
    return Family(f"a_{kind}", kind, "", ("route",), bounds, cells)


def publish(row: Row, *families: Family) -> None:
    row.publish(msgspec.msgpack.encode(families))


@pytest.fixture
def rows() -> list[Row]:
    return create_board(2).rows


@pytest.fixture
def running(rows: list[Row]) -> dict[Row, bool]:
    return dict.fromkeys(rows, True)


@pytest.fixture
def totals(running: dict[Row, bool]) -> Totals:
    totals = Totals()
    totals.watch(lambda: list(running.items()))
    return totals


def cells(totals: Totals, kind: Kind) -> dict[Labels, list[float]]:
    return next(each for each in totals.families() if each.name == f"a_{kind}").cells


def test_workers_are_added_up(rows: list[Row], totals: Totals) -> None:
    publish(rows[0], family("counter", {A: [1]}), family("histogram", {A: [1, 2, 0.5]}, (0.1,)))
    publish(rows[1], family("counter", {A: [2], B: [4]}), family("histogram", {A: [3, 0, 0.25]}, (0.1,)))
    assert cells(totals, "counter") == {A: [3], B: [4]}
    assert cells(totals, "histogram") == {A: [4, 2, 0.75]}
    # Asking again gives the same.
    assert cells(totals, "counter") == {A: [3], B: [4]}


def test_of_what_workers_tell_of_the_same_thing_the_most_counts(rows: list[Row], totals: Totals) -> None:
    for row, value in zip(rows, (3, 5), strict=True):
        publish(row, msgspec.structs.replace(family("gauge", {A: [value]}), is_shared=True))
    assert cells(totals, "gauge") == {A: [5]}


def test_what_a_worker_counted_outlives_it(rows: list[Row], running: dict[Row, bool], totals: Totals) -> None:
    publish(rows[0], family("counter", {A: [5]}), family("gauge", {A: [7]}))
    publish(rows[1], family("counter", {A: [1]}), family("gauge", {A: [2]}))
    running[rows[0]] = False
    assert cells(totals, "counter") == {A: [6]}
    assert cells(totals, "gauge") == {A: [2]}
    for _ in range(2):
        totals.clear(rows[0])
        running[rows[0]] = True
        assert cells(totals, "counter") == {A: [6]}
    publish(rows[0], family("counter", {A: [1], B: [1]}))
    assert cells(totals, "counter") == {A: [7], B: [1]}


def test_another_release_may_count_in_another_form(rows: list[Row], totals: Totals) -> None:
    publish(rows[0], family("histogram", {A: [1, 1, 0.5]}, (0.1,)))
    totals.clear(rows[0])
    publish(rows[0], family("histogram", {A: [2, 0, 0, 0.5]}, (0.1, 0.2)))
    assert cells(totals, "histogram") == {A: [2, 0, 0, 0.5]}


def test_a_worker_that_is_killed_while_it_publishes_leaves_what_was_there(rows: list[Row]) -> None:
    row = rows[0]
    for text in (b"one", b"three", b"two"):
        row.publish(text)
        assert row.published() == text
    # As far as it comes before the count: a page is written, and its length.
    row._pages[(row._cells[3] + 1) % 2][:4] = b"half"
    row._cells[4 + (row._cells[3] + 1) % 2] = 4
    assert row.published() == b"two"
    row.clear()
    assert row.published() == b""


def test_more_than_a_page_is_left_out(rows: list[Row]) -> None:
    rows[0].publish(b"one")
    rows[0].publish(bytes(len(rows[0]._pages[0]) + 1))
    assert rows[0].published() == b"one"
    assert rows[1].published() == b""


def test_readings_may_begin_while_others_are_read() -> None:
    with ExitStack() as stack:
        later = Reading("later", "", (), dict)
        early = Reading("early", "", (), lambda: stack.enter_context(read(later)) or {})
        with read(early):
            assert "early" in {each.name for each in families()}
        assert "later" in {each.name for each in families()}


def test_all_that_can_be_counted_fits_a_page_twice(rows: list[Row]) -> None:
    general = {200, 304, *(each.status for each in vars(types).values() if isinstance(each, types.ProblemType))}
    requests: list[Labels] = []
    for route in unserved_app().routes:
        if not isinstance(route, HTTPRoute):
            requests += [(route.path, "GET", status) for status in general]
            continue
        # What the application refuses before it has found a route is counted without one.
        requests += [(route.path, "OPTIONS", status) for status in (204, 500)]
        for handler in route.route_handlers:
            if isinstance(handler, Endpoint):
                successes = {handler.status_code, handler.other_status or handler.status_code}
                statuses = successes | general | {each.status for each in handler.problems}
                requests += [(route.path, method, status) for method in handler.http_methods for status in statuses]
    statements = [query.statement.name for query in bound_queries()]
    # At most so many combinations of the second label as there are classes of errors.
    causes = [f"no connection in time {number}" for number in range(16)]
    published = []
    for each in families():
        labels: list[Labels] = [tuple(each.labels)]
        if "route" in each.labels:
            labels = requests
        elif each.labels == ("statement",):
            labels = [(name,) for name in statements]
        elif "statement" in each.labels:
            labels = [(name, cause) for name in statements for cause in causes]
        numbers = len(each.bounds) + 1
        full: list[float] = [*[2**32 - 1] * numbers, 1234.5678]
        published.append(msgspec.structs.replace(each, cells=dict.fromkeys(labels, full)))
    assert 50_000 < len(msgspec.msgpack.encode(published)) < len(rows[0]._pages[0]) / 2
