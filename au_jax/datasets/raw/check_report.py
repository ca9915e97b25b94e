"""What `--check` tells about raw data: counts, base rates, and what does not fit, as text."""

import dataclasses
from collections.abc import Sequence

import numpy as np
from etils import epath

from au_jax.datasets.dataset import base_rates
from au_jax.datasets.raw.label_csv import LabelTrack
from au_jax.datasets.raw.pictures import PictureCount
from au_jax.datasets.raw.published_base_rates import PublishedBaseRates
from au_jax.datasets.raw.raw_dataset import RawDataset, several, some_names
from au_jax.facs import INTENSITIES, describe

_SHOWN = 20


@dataclasses.dataclass(frozen=True)
class RecordingSurvey:
    """A recording that would be prepared.

    Attributes:
        name: its name.
        subject: name of its subject.
        labels: what the coder wrote.
        count: the pictures that are there.
        video: whether they are in a video, so that it is known how many there should be.
    """

    name: str
    subject: str
    labels: LabelTrack
    count: PictureCount
    video: bool

    @property
    def coded_frames(self) -> int:
        """Number of frames with a row of labels."""
        return len(self.labels.frames)

    @property
    def coded_with_picture(self) -> int:
        """Number of those that have a picture."""
        return int(np.isin(self.labels.frames, self.count.numbers).sum())


@dataclasses.dataclass(frozen=True)
class Survey:
    """Raw data without decoding a picture.

    Attributes:
        title: name of the data set.
        source: the folder.
        rule: when an action unit counts as present.
        aus: action units that would be taken.
        recordings: the recordings that would be prepared.
        positive_from: the lowest intensity that counts as present; None for occurrence.
        published: base rates to compare with.
        labels_alone: names of recordings with labels and no pictures.
        pictures_alone: names of recordings with pictures and no labels.
        mistakes: messages on files that cannot be used.
        notes: other sentences for the user.
    """

    title: str
    source: epath.Path
    rule: str
    aus: tuple[int, ...]
    recordings: Sequence[RecordingSurvey]
    positive_from: int | None = None
    published: PublishedBaseRates | None = None
    labels_alone: Sequence[str] = ()
    pictures_alone: Sequence[str] = ()
    mistakes: Sequence[str] = ()
    notes: Sequence[str] = ()


def survey_raw(title: str, raw: RawDataset, published: PublishedBaseRates | None) -> Survey:
    """Return what a reader of a licensed data set found.

    Args:
        title: name of the data set.
        raw: what was found.
        published: base rates to compare with.
    """
    return Survey(
        title=title,
        source=raw.source,
        rule=raw.rule,
        aus=raw.aus,
        recordings=[
            RecordingSurvey(
                recording.name,
                recording.subject,
                recording.labels,
                count,
                video=recording.pictures.numbers_by_name() is None,
            )
            for recording, count in zip(raw.recordings, raw.counts, strict=True)
        ],
        positive_from=raw.settings["positive_from"],
        published=published,
        labels_alone=raw.labels_alone,
        pictures_alone=raw.pictures_alone,
        mistakes=raw.mistakes,
        notes=raw.notes,
    )


def check_report(survey: Survey) -> str:
    """Return what would be prepared, what is missing, and what is wrong, as lines of text."""
    lengths = [one.coded_frames for one in survey.recordings]
    there = sum(one.coded_with_picture for one in survey.recordings)
    subjects = len({one.subject for one in survey.recordings})
    published = survey.published
    lines = [
        f"{survey.title} in {survey.source}: what would be prepared",
        f"subjects    {subjects}" + (f" of {published.subjects}" if published else ""),
        f"recordings  {len(lengths)}"
        + (f" of {min(lengths)} to {max(lengths)} coded frames" if lengths else ""),
        f"frames      {sum(lengths)} coded, {there} of them with a picture",
        f"present     {survey.rule}",
        "",
        *_base_rate_lines(survey),
        *_gap_lines(survey.recordings),
        "",
        f"labels without pictures   {some_names(survey.labels_alone)}",
        f"pictures without labels   {some_names(survey.pictures_alone)}",
        *survey.notes,
    ]
    if survey.mistakes:
        lines += [
            "",
            f"files that cannot be used: {len(survey.mistakes)}",
            several(survey.mistakes),
        ]
    return "\n".join(lines)


def _base_rate_lines(survey: Survey) -> list[str]:
    labels = np.concatenate(
        [
            np.zeros((0, len(survey.aus)), np.int8),
            *(one.labels.at(one.labels.frames, survey.aus) for one in survey.recordings),
        ]
    )
    missing = (labels == 0).sum(axis=0)
    published = survey.published
    known = published.percent if published else {}
    lines = [f"{'action unit':<28} {'base rate':>9} {'published':>9} {'missing labels':>15}"]
    for au, rate, count in zip(survey.aus, base_rates(labels), missing, strict=True):
        found = "-" if np.isnan(rate) else f"{100 * rate:.1f} %"
        other = f"{known[au]:.1f} %" if au in known else "-"
        lines.append(f"{describe(au):<28} {found:>9} {other:>9} {count:>15}")
    if published:
        lines.append(f"published: {published.source}")
        if published.positive_from != survey.positive_from:
            lines.append(
                f"they count {_rule(published.positive_from)} as present, this reading "
                f"{_rule(survey.positive_from)}"
            )
    return lines


def _gap_lines(recordings: Sequence[RecordingSurvey]) -> list[str]:
    """Return a line for each recording whose pictures and labels do not cover each other."""
    lines = [f"{one.name}: {'; '.join(gaps)}" for one in recordings if (gaps := _gaps_of(one))]
    more = len(lines) - _SHOWN
    return ["", *lines[:_SHOWN], *([f"and {more} more"] if more > 0 else [])] if lines else []


def _gaps_of(recording: RecordingSurvey) -> list[str]:
    frames, count = recording.labels.frames, recording.count
    found: list[str] = []
    if lacking := len(frames) - recording.coded_with_picture:
        found.append(f"{_frames(lacking)} coded without a picture")
    if len(frames) and (inside := int(frames[-1] - frames[0]) + 1 - len(frames)):
        found.append(f"{_frames(inside)} without labels between coded ones")
    if recording.video:
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
