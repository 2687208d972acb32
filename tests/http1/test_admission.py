"""How many requests are worked on at once."""

from api.http1.admission import BURST, BURST_WAIT, FLOOR, LEAST_BURST, WAIT, Admission


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
    for _ in range(238):
        answer(admission, 1)
        assert admission.limit == 1000 * BURST_WAIT
    answer(admission, 1)
    assert admission.limit == BURST


def test_a_stall_does_not_make_bursts_small_for_long() -> None:
    admission = Admission()
    for _ in range(8):
        answer(admission, 50)
    for _ in range(3):
        admission.in_flight += 50
        answer(admission, 0)
    admission.in_flight = 0
    answer(admission, 600)
    answer(admission, 50)
    assert admission.limit == 650 * BURST_WAIT > LEAST_BURST


def test_an_overload_in_which_nothing_is_answered_tells_nothing() -> None:
    admission = Admission()
    admission.in_flight = 1000
    for _ in range(20):
        admission.tick(0.5)
    admission.in_flight = 0
    admission.tick(0.5)
    assert admission.limit == LEAST_BURST


def test_only_the_last_overload_counts() -> None:
    admission = Admission()
    for rate, limit in [(600, 600), (500, 500), (10, LEAST_BURST)]:
        admission.in_flight = 2000
        for _ in range(12):
            answer(admission, rate)
        admission.in_flight = 0
        for _ in range(12):
            answer(admission, 1)
        assert admission.limit == limit
