"""How many requests are worked on at once."""

from api.http1.admission import BURST, BURST_WAIT, FLOOR, WAIT, Admission


def answer(admission: Admission, number: int) -> None:
    """Admit requests and answer as many in half a second."""
    admission.in_flight += number
    for _ in range(number):
        admission.end()
    admission.tick(0.5)


def test_the_limit_follows_the_rate() -> None:
    admission = Admission()
    assert admission.limit == BURST
    answer(admission, 10_000)
    assert (admission.limit, admission.in_flight) == (20_000 * WAIT, 0)
    for _ in range(20):
        answer(admission, 1)
    assert admission.limit == BURST


def test_an_overload_that_lasts_is_no_burst() -> None:
    admission = Admission()
    admission.in_flight = 1000
    answer(admission, 500)
    assert admission.limit == BURST
    for _ in range(3):
        answer(admission, 500)
        assert admission.limit == 1000 * WAIT
    # When even less is answered, some are admitted still.
    for _ in range(20):
        answer(admission, 0)
    assert admission.limit == FLOOR
    # It's over once few requests are in progress.
    admission.in_flight = FLOOR - 1
    answer(admission, 0)
    assert admission.limit == FLOOR
    admission.in_flight = 1
    answer(admission, 0)
    # A burst isn't larger than what was answered in time, until that is long ago.
    assert admission.limit == 1000 * BURST_WAIT < BURST
    for _ in range(239):
        answer(admission, 1)
        assert admission.limit == 1000 * BURST_WAIT
    answer(admission, 1)
    assert admission.limit == BURST
