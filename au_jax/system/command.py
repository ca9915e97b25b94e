"""What all commands share: flags of their own, exit codes, and errors as one line.

Exit codes: 0 done; 1 something given cannot be used, and the message says what; 2 wrong flags;
130 stopped by Ctrl-C.
"""

import errno
import os
import sys
import warnings
from collections.abc import Callable, Sequence

from absl import flags, logging

from au_jax.errors import InputError

DONE, REFUSED, WRONG_FLAGS, STOPPED = 0, 1, 2, 130

_FULL = (errno.ENOSPC, errno.EDQUOT)


def execute(
    values: flags.FlagValues,
    arguments: Sequence[str],
    explanation: str,
    body: Callable[[], None],
    further: list[str] | None = None,
) -> int:
    """Parse the flags of a command, run it, and turn its errors into messages.

    Args:
        values: the command's own flags, apart from absl's global ones, which others define too.
        arguments: command line, the program's name first.
        explanation: what `--help` prints above the flags.
        body: the command; it reads `values`, and raises `flags.Error` if they do not fit together.
        further: takes arguments that are no flags, as shells make them of `*.mp4`; None refuses
            them.

    Returns:
        the exit code.
    """
    logging.set_verbosity(logging.WARNING)  # the libraries below talk to their developers
    before = warnings.formatwarning
    warnings.formatwarning = _as_line
    flags.DEFINE_boolean("help", False, "Explain this command.", flag_values=values)
    try:
        rest = values(list(arguments))
        if values["help"].value:
            print(f"{explanation}\n{values.get_help()}")
            return DONE
        if further is not None:
            further += rest[1:]
        elif len(rest) > 1:
            raise flags.Error(f"unknown argument {rest[1]!r}; flags begin with --")
        body()
    except flags.Error as error:
        print(f"usage: {error}", file=sys.stderr)
        return WRONG_FLAGS
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt:
        print("stopped; run the same command again to go on", file=sys.stderr)
        return STOPPED
    except BrokenPipeError:
        # The reader of our output has gone, as with `| head`; a second error at exit would tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:
        message = _system_message(error)
        if message is None:
            raise
        print(f"error: {message}", file=sys.stderr)
        return REFUSED
    finally:
        warnings.formatwarning = before
    return DONE


def _as_line(message: Warning | str, *_place: object, **_line: object) -> str:
    """Return a warning without the place in the source, which says nothing to a user."""
    return f"warning: {message}\n"


def _system_message(error: Exception) -> str | None:
    """Return what a user should know of an error of the system; None if it is another error."""
    place = getattr(error, "filename", None)
    named = f" ({place})" if place else ""
    number = error.errno if isinstance(error, OSError) else None
    # Orbax's storage layer reports a full disk in an error of its own, as text.
    if number in _FULL or "No space left on device" in str(error):
        return (
            f"the disk is full{named}; what is finished is kept. "
            "Make room and run the same command again"
        )
    if isinstance(error, OSError):
        return (
            f"{error.strerror or error}{named}; what is finished is kept. "
            "Mend this and run the same command again"
        )
    return None
