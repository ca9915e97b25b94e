from hypothesis import given
from hypothesis import strategies as st

from au_jax.faces.frame_numbers import FrameNumbers


def decode(times, delivered, delay):
    """Feed packets in any order into a decoder that emits the delivered ones by time, late."""
    numbers = FrameNumbers(trust_times=True)
    waiting, given_numbers = [], {}
    for sent, time in enumerate(times, 1):
        numbers.sent(time)
        if time in delivered:
            waiting.append(time)
        # A decoder emits a frame only when every earlier one has been sent.
        due = [t for t in sorted(waiting) if all(u > t for u in times[sent:])]
        for t in due[: max(0, len(waiting) - delay)]:
            waiting.remove(t)
            given_numbers[t] = numbers.came_out(t)
    for t in sorted(waiting):
        given_numbers[t] = numbers.came_out(t)
    numbers.ended()
    return numbers, given_numbers


@given(
    st.lists(st.integers(-1000, 10**9), unique=True, min_size=1, max_size=40),
    st.data(),
    st.integers(0, 5),
)
def test_number_is_the_rank_of_the_time_whatever_is_lost(times, data, delay):
    delivered = data.draw(st.sets(st.sampled_from(times)))
    numbers, given_numbers = decode(times, delivered, delay)
    rank = {time: place for place, time in enumerate(sorted(times), 1)}
    assert given_numbers == {time: rank[time] for time in delivered}
    assert [(lost.number, lost.time) for lost in numbers.lost] == [
        (rank[time], time) for time in sorted(times) if time not in delivered
    ]


def test_frame_behind_a_later_one_has_no_number():
    numbers = FrameNumbers(trust_times=True)
    for time in (0, 10, 20):
        numbers.sent(time)
    assert [numbers.came_out(time) for time in (0, 20, 10)] == [1, 3, None]
    assert [lost.number for lost in numbers.lost] == [2]


def test_without_times_frames_are_counted():
    numbers = FrameNumbers(trust_times=True)
    for _ in range(3):
        numbers.sent(None)
    assert [numbers.came_out(None) for _ in range(3)] == [1, 2, 3]
    numbers.ended()
    assert numbers.lost == []
