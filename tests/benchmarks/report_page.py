"""How long the report of a large run takes to write and to open, and how large it is.

    python -m tests.benchmarks.report_page --frames=250000 --out=/tmp/large_run

The run is made up: 41 people in eight recordings each, 10 folds, 12 AUs, scores of three methods
that move slowly. Opening is timed in Chromium, if there is one: from the start of the navigation
until the page can be used (`domInteractive`), until everything is loaded; then how long a time line
takes to answer to a key.
"""

import argparse
import pathlib
import tempfile
import time

from au_jax.reporting.page import write_report
from tests.made.browser import browser
from tests.made.long_runs import long_run


def opened(page):
    """Return seconds until the page can be used, is loaded, and has answered to a key."""
    with tempfile.TemporaryDirectory() as profile, browser(pathlib.Path(profile)) as window:
        window.open(page)
        times = window.run(
            "(([one]) => [one.domInteractive / 1000, one.loadEventEnd / 1000])"
            "(performance.getEntriesByType('navigation'))"
        )
        window.run("document.getElementById('slider').focus()")
        start = time.perf_counter()
        window.key("End")
        window.settle()
        assert window.run("document.getElementById('slider').ariaValueNow") != "1"
        assert window.complaints == []
        return *times, time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=250_000)
    parser.add_argument("--out", required=True)
    options = parser.parse_args()
    made = long_run(options.out, options.frames, logs=20)
    start = time.perf_counter()
    page = write_report(*made)
    print(f"written in {time.perf_counter() - start:.1f} s, {page.stat().length / 1e6:.1f} MB")
    usable, loaded, key = opened(pathlib.Path(page))
    print(f"usable after {usable:.2f} s, loaded after {loaded:.2f} s, a key takes {key:.3f} s")


if __name__ == "__main__":
    main()
