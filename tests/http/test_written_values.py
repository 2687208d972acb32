"""Input of dates, times, durations, UUIDs and numbers with digits, which are texts in JSON."""

from datetime import date, time, timedelta
from decimal import Decimal
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
import pytest

from api.http.input_types import input_type
from api.http.schemas import TimeOfDay, decimal
from api.http.validation import decode_json, decode_query
from api.problems.field_messages import MUST_BE_DATE, MUST_BE_DECIMAL, MUST_BE_DURATION, MUST_BE_TIME, MUST_BE_UUID
from api.problems.problem import Problem
from api.problems.text import Text

Weight = Annotated[Decimal, decimal(4, 3, description="Kilograms.")]


class Values(msgspec.Struct, forbid_unknown_fields=True):
    weight: Weight
    born: date
    woken: TimeOfDay
    lasted: timedelta
    device: UUID
    change: Annotated[Decimal, decimal(2, 0, signed=True, description="Of the weight.")] | None = None


DECODER: Final = msgspec.json.Decoder(Values)
WRITTEN: Final[dict[str, Any]] = {
    "weight": "12.50",
    "born": "2020-02-29",
    "woken": "07:30:00",
    "lasted": "PT2H",
    "device": "0189f7e2-77a5-7000-8000-000000000000",
}


def test_values_are_read() -> None:
    body = msgspec.json.encode({**WRITTEN, "change": "-5"})
    device = UUID(WRITTEN["device"])
    expected = Values(Decimal("12.50"), date(2020, 2, 29), time(7, 30), timedelta(hours=2), device, Decimal(-5))
    assert decode_json(body, DECODER) == expected
    assert str(decode_json(body, DECODER).weight) == "12.50"
    assert decode_query({**WRITTEN, "change": "-5"}.items(), Values) == expected


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        # As a number it may have lost digits.
        ("weight", 12.5, MUST_BE_DECIMAL),
        ("weight", "heavy", MUST_BE_DECIMAL),
        ("weight", None, None),
        ("born", "2020-02-30", MUST_BE_DATE),
        ("born", "2020-02-28T00:00:00Z", MUST_BE_DATE),
        ("born", 20200228, MUST_BE_DATE),
        ("woken", "25:00:00", MUST_BE_TIME),
        ("woken", "07:30:00Z", MUST_BE_TIME),
        ("lasted", "two hours", MUST_BE_DURATION),
        ("device", "mine", MUST_BE_UUID),
    ],
)
def test_what_is_wrong_is_named(name: str, value: Any, message: Text | None) -> None:
    with pytest.raises(Problem) as caught:
        decode_json(msgspec.json.encode({**WRITTEN, name: value}), DECODER)
    [violation] = caught.value.violations
    assert violation.pointer == f"/{name}"
    assert message is None or violation.message == message


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("weight", "1.0001"),
        ("weight", "10000"),
        ("weight", "-1"),
        ("weight", "1e3"),
        ("change", "1.5"),
        ("weight", "\uff11"),
    ],
)
def test_digits_have_limits(name: str, value: str) -> None:
    with pytest.raises(Problem) as caught:
        decode_json(msgspec.json.encode({**WRITTEN, name: value}), DECODER)
    [violation] = caught.value.violations
    assert violation.message.en.startswith("must have at most ")


@pytest.mark.parametrize("kind", [Decimal, time, bytes])
def test_types_without_the_limits_that_they_need(kind: Any) -> None:
    with pytest.raises(TypeError, match="not a type of input"):
        input_type(kind)
