"""Agreement of scores with a coder's labels, per action unit.

Labels are int8 in {−1, 0, +1} (absent, missing, present); missing labels never count. Scores are
real numbers with the decision at 0: an AU is detected where its score is above 0.
"""

from au_jax.metrics.agreement import auc, balanced_accuracy
from au_jax.metrics.calibration import calibration_error
from au_jax.metrics.event_based import f1_event, f1_event_curve
from au_jax.metrics.frame_based import f1_frame, mean_over_aus
from au_jax.metrics.over_subjects import bootstrap_interval, paired_differences, subject_counts
from au_jax.metrics.within_person import auc_within_person, f1_within_person

__all__ = [
    "auc",
    "auc_within_person",
    "balanced_accuracy",
    "bootstrap_interval",
    "calibration_error",
    "f1_event",
    "f1_event_curve",
    "f1_frame",
    "f1_within_person",
    "mean_over_aus",
    "paired_differences",
    "subject_counts",
]
