"""The one exception that stands for a mistake the user can mend."""

from collections.abc import Sequence

_MESSAGES_SHOWN = 20


class InputError(ValueError):
    """Something given by the user (a file, a flag, a folder) cannot be used.

    The message names the value, says what was allowed and what to do. Commands print it as one
    line without a traceback.
    """


def as_lines(messages: Sequence[str]) -> str:
    """Return messages as lines; of more than twenty, the first ones and how many follow."""
    more = len(messages) - _MESSAGES_SHOWN
    return "\n".join([*messages[:_MESSAGES_SHOWN], *([f"and {more} more"] if more > 0 else [])])
