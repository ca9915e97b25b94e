import pickle

from au_jax.sampling.recent_results import RecentResults


def test_two_numbers_asked_for_in_turn_are_made_once():
    made = []
    results: RecentResults[int] = RecentResults()

    def make(number):
        made.append(number)
        return number * number

    assert [results.get(number, make) for number in (3, 4, 3, 4, 3)] == [9, 16, 9, 16, 9]
    assert made == [3, 4]
    assert [results.get(number, make) for number in (5, 3, 4)] == [25, 9, 16]
    assert made == [3, 4, 5, 4]
    copied = pickle.loads(pickle.dumps(results))
    assert copied.get(4, make) == 16
    assert made == [3, 4, 5, 4, 4]
