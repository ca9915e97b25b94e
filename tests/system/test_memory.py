import ctypes
import subprocess
import sys

import pytest

KEPT = """
import pathlib, resource, sys
import numpy as np
from au_jax.system.memory import give_large_arrays_back

def resident():
    return int(pathlib.Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()

if sys.argv[1] == "told":
    give_large_arrays_back()
large = np.ones(10**6)  # what glibc sees freed once, it keeps from then on
del large
before = resident()
held = [(np.ones(60_000), np.ones(4_000)) for _ in range(200)]  # 480 kB beside 32 kB
held = [small for _, small in held]
print(resident() - before)
"""


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallopt"), reason="not glibc")
def test_large_arrays_are_given_back_though_small_ones_between_them_stay():
    kept = {
        way: int(subprocess.check_output([sys.executable, "-c", KEPT, way]))
        for way in ("told", "as usual")
    }
    assert kept["told"] < 20e6 < 60e6 < kept["as usual"]
