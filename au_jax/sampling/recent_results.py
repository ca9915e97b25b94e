"""Keep what was computed for the last epochs or steps, for several reader threads."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

Result = TypeVar("Result")

_KEPT = 2
"""Where an epoch ends, threads that read ahead ask for steps of both its sides in turn."""


class RecentResults(Generic[Result]):
    """The results for the last two numbers that were asked for.

    A copy in another process starts empty: a result is a pure function of its number, so that
    nothing is lost but time.
    """

    def __init__(self) -> None:
        """Start without any result."""
        self._results: dict[int, Result] = {}
        self._lock = threading.Lock()

    def get(self, number: int, make: Callable[[int], Result]) -> Result:
        """Return `make(number)`, from memory if it is one of the last two."""
        with self._lock:
            result = self._results.pop(number) if number in self._results else make(number)
            self._results[number] = result  # now the last in the order of the dictionary
            while len(self._results) > _KEPT:
                del self._results[next(iter(self._results))]
            return result

    def __reduce__(self) -> tuple[type["RecentResults[Result]"], tuple[()]]:
        return (type(self), ())
