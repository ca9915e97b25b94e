"""What becomes of memory that was freed."""

import ctypes

_M_MMAP_THRESHOLD = -3
_LARGE = 256 * 1024


def give_large_arrays_back() -> None:
    """Let this process give arrays of 256 kB and more back to the system as soon as they are freed.

    Otherwise glibc keeps what threads free in places of their own, and a process through whose
    threads pictures pass grows with the length of the video; see
    `tests/benchmarks/prediction_speed.py`. Where the C library is another one, nothing is done
    (https://man7.org/linux/man-pages/man3/mallopt.3.html).
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return
    mallopt(_M_MMAP_THRESHOLD, _LARGE)
