"""The command `python -m au_jax.predict`.

Nothing imports this module: it would take the name of the function `au_jax.predict`.
"""

import sys

from au_jax.prediction.command_line import run

if __name__ == "__main__":
    sys.exit(run(sys.argv))
