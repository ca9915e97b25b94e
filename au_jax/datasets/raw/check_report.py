"""What `--check` tells about raw data: counts, base rates, and what does not fit, as text."""

from collections.abc import Sequence

import numpy as np

from au_jax.datasets.dataset import base_rates
from au_jax.datasets.raw.catalogue import PublishedBaseRates
from au_jax.datasets.raw.coded_recording import CodedRecording
from au_jax.datasets.raw.raw_dataset import RawDataset, some_names
from au_jax.errors import as_lines
from au_jax.facs import INTENSITIES, describe


def check_report(title: str, raw: RawDataset, published: PublishedBaseRates | None = None) -> str:
    """Return what would be prepared, what is missing, and what is wrong, as lines of text.

    Args:
        title: name of the data set.
        raw: what its reader found.
        published: base rates to compare with.
    """
    lengths = [len(one.labels.frames) for one in raw.recordings]
    there = sum(map(_coded_with_picture, raw.recordings))
    subjects = len({one.subject for one in raw.recordings})
    pictures_alone = [*raw.pictures_alone, *_uncoded(raw.recordings)]
    lines = [
        f"{title} in {raw.source}: what would be prepared",
        f"subjects    {subjects}" + (f" of {published.subjects}" if published else ""),
        f"recordings  {len(lengths)}"
        + (f" of {min(lengths)} to {max(lengths)} coded frames" if lengths else ""),
        f"frames      {sum(lengths)} coded, {there} of them with a picture",
        f"present     {raw.rule}",
        "",
        *_base_rate_lines(raw, published),
        *_gap_lines(raw.recordings),
        "",
        f"labels without pictures   {some_names(raw.labels_alone)}",
        f"pictures without labels   {some_names(pictures_alone)}",
        *raw.notes,
    ]
    if raw.mistakes:
        lines += ["", f"files that cannot be used: {len(raw.mistakes)}", as_lines(raw.mistakes)]
    return "\n".join(lines)


def _coded_with_picture(recording: CodedRecording) -> int:
    """Return the number of frames with a row of labels that have a picture."""
    return int(np.isin(recording.labels.frames, recording.count.numbers).sum())


def _uncoded(recordings: Sequence[CodedRecording]) -> list[str]:
    """Return the names of the recordings that are prepared without labels."""
    return [one.name for one in recordings if not len(one.labels.frames)]


def _base_rate_lines(raw: RawDataset, published: PublishedBaseRates | None) -> list[str]:
    labels = np.concatenate(
        [
            np.zeros((0, len(raw.aus)), np.int8),
            *(one.labels.at(one.labels.frames, raw.aus) for one in raw.recordings),
        ]
    )
    missing = (labels == 0).sum(axis=0)
    known = published.percent if published else {}
    lines = [f"{'action unit':<28} {'base rate':>9} {'published':>9} {'missing labels':>15}"]
    for au, rate, count in zip(raw.aus, base_rates(labels), missing, strict=True):
        found = "-" if np.isnan(rate) else f"{100 * rate:.1f} %"
        other = f"{known[au]:.1f} %" if au in known else "-"
        lines.append(f"{describe(au):<28} {found:>9} {other:>9} {count:>15}")
    if published:
        lines.append(f"published: {published.source}")
        here = raw.settings["positive_from"]
        if published.positive_from != here:
            lines.append(
                f"they count {_rule(published.positive_from)} as present, this reading "
                f"{_rule(here)}"
            )
    return lines


def _gap_lines(recordings: Sequence[CodedRecording]) -> list[str]:
    """Return a line for each recording whose pictures and labels do not cover each other."""
    lines = [f"{one.name}: {'; '.join(gaps)}" for one in recordings if (gaps := _gaps_of(one))]
    return ["", as_lines(lines)] if lines else []


def _gaps_of(recording: CodedRecording) -> list[str]:
    frames, count = recording.labels.frames, recording.count
    found: list[str] = []
    if lacking := len(frames) - _coded_with_picture(recording):
        found.append(f"{_frames(lacking)} coded without a picture")
    if len(frames) and (inside := int(frames[-1] - frames[0]) + 1 - len(frames)):
        found.append(f"{_frames(inside)} without labels between coded ones")
    if recording.pictures.numbers_by_name() is None:  # a video knows how many there should be
        there = len(count.numbers)
        if count.declared > there:
            found.append(f"the video holds {there} of {count.declared} frames")
        if len(frames) and (more := there - int(frames[-1])) > 0:
            found.append(f"the video goes on for {_frames(more)} behind the labels")
    return found


def _frames(count: int) -> str:
    return "1 frame" if count == 1 else f"{count} frames"


def _rule(positive_from: int | None) -> str:
    if positive_from is None:
        return "every occurrence"
    return f"intensity {INTENSITIES[positive_from - 1]} or more"
