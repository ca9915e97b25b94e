"""BP4D+ (Zhang et al., Multimodal Spontaneous Emotion Corpus, CVPR 2016).

    2D+3D/F001.zip              F001/T1/0001.jpg …; one zip per subject, read as it is
    AUCoding/AU_OCC/F001_T1.csv, AUCoding/AU_INT/AU06/F001_T1_AU06.csv      as in BP4D

Only the tasks T1, T6, T7 and T8 are coded, each in one block, with other columns than in BP4D.
"""

from etils import epath

from au_jax.datasets.raw.bp4d import read_task_recordings
from au_jax.datasets.raw.raw_dataset import RawDataset, ReaderOptions

CODED_TASKS = ("T1", "T6", "T7", "T8")


def read_bp4d_plus(source: epath.PathLike, options: ReaderOptions) -> RawDataset:
    """Find the recordings of BP4D+ without decoding a picture.

    Rules are those of `bp4d.read_bp4d`. Where a subject is there as a zip and unpacked, the zip is
    taken.

    Args:
        source: the folder with `AUCoding` and `2D+3D`.
        options: what to take.

    Raises:
        InputError: if there are no label files, or none has an action unit asked for.
    """
    return read_task_recordings(source, options, "bp4d_plus", CODED_TASKS)
