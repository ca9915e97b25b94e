"""Set the results of several runs side by side.

    python -m au_jax.compare --runs=seed0/gft_10fold,seed1/gft_10fold,seed2/gft_10fold

Runs of the same experiment, for example with other seeds, become one row with mean ± standard
deviation; other experiments are rows of their own. With --out a page with all metrics is written,
that needs no other file.
"""

import sys
from collections.abc import Sequence

from absl import flags

from au_jax.system.command import execute


def run(arguments: Sequence[str]) -> int:
    """Run the command.

    Args:
        arguments: command line, the program's name first.

    Returns:
        the exit code, see `au_jax.system.command`.
    """
    # Only names: the libraries of the room come when the command runs.
    metrics = [
        *("f1_frame", "f1_event", "auc", "balanced_accuracy"),
        *("auc_within_person", "f1_within_person"),
    ]
    values = flags.FlagValues()
    flags.DEFINE_list("runs", None, "Folders <workdir>/<experiment>.", flag_values=values)
    flags.DEFINE_enum("metric", "f1_frame", metrics, "What to compare.", flag_values=values)
    flags.DEFINE_boolean("per_au", False, "A row for each AU, too.", flag_values=values)
    flags.DEFINE_string(
        "out", None, "Folder for a page with all metrics, and its tables.", flag_values=values
    )
    flags.DEFINE_boolean("markdown", False, "Print a Markdown table.", flag_values=values)

    def body() -> None:
        if not values.runs:
            raise flags.Error("give --runs=FOLDER,FOLDER,…; --help explains")
        from au_jax.reporting.repeated_runs import read_results, repeated_runs_table
        from au_jax.reporting.tables import as_markdown, as_text

        results = [read_results(folder) for folder in values.runs]
        table = repeated_runs_table(results, values.metric, per_au=values.per_au)
        print(as_markdown(table) if values.markdown else as_text(table))
        if values.out:
            from etils import epath

            from au_jax.reporting.compare_page import write_comparison

            page = write_comparison(epath.Path(values.out), results, per_au=values.per_au)
            print(f"page: {page}")

    return execute(values, arguments, __doc__ or "", body)


if __name__ == "__main__":
    sys.exit(run(sys.argv))
