"""At most 20 messages in any minute, whatever the answers take."""

from hypothesis import given
from hypothesis import strategies as st

from tests.writers.delivery.channels import Clock
from toolkit.writers.delivery.throttle import Throttle


def test_the_twenty_first_message_waits_for_the_first_to_be_a_minute_old():
    clock = Clock()
    throttle = Throttle(20, clock.monotonic, clock.sleep)
    for _ in range(20):
        with throttle:
            clock.seconds += 0.5
    assert clock.naps == []
    with throttle:
        pass
    assert clock.naps == [60.0 - 19 * 0.5]


@given(st.lists(st.tuples(st.floats(0, 70), st.floats(0, 70)), max_size=120), st.integers(1, 20))
def test_no_minute_ever_sees_more(steps, limit):
    clock = Clock()
    throttle = Throttle(limit, clock.monotonic, clock.sleep)
    spans = []
    for before, during in steps:
        clock.seconds += before
        with throttle:
            begun = clock.seconds
            clock.seconds += during
        spans.append((begun, clock.seconds))
    # whenever within its span the service counted a message: the one `limit` later began after
    for (_, ended), (begun, _) in zip(spans, spans[limit:], strict=False):
        assert begun - ended >= 60.0 - 1e-6


def test_a_sleep_that_ends_early_is_taken_up_again():
    clock = Clock()
    throttle = Throttle(1, clock.monotonic, lambda seconds: clock.sleep(min(seconds, 25.0)))
    for _ in range(2):
        with throttle:
            pass
    assert clock.naps == [25.0, 25.0, 10.0]


def test_a_failed_message_counts_as_well():
    clock = Clock()
    throttle = Throttle(1, clock.monotonic, clock.sleep)
    try:
        with throttle:
            raise ValueError
    except ValueError:
        pass
    with throttle:
        pass
    assert clock.naps == [60.0]
