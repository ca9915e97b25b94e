"""Two kinds of synthetic data set, after the two that the method is evaluated on."""

from dataclasses import dataclass

from au_jax.errors import InputError
from au_jax.synthetic.dynamics import statistics


@dataclass(frozen=True, kw_only=True)
class Preset:
    """What a synthetic data set is like.

    Attributes:
        name: its name.
        frames_per_second: of the videos.
        base_rates: share of frames with each unit of `PAPER_AUS`.
        yaw_degrees, pitch_degrees: standard deviation of the head's turns.
        tracking_error: standard deviation of the alignment's shift, pixels of a 200×200 face.
        speech_share: share of time in which the subject talks.
        hands_per_minute: how often a hand comes before the face.
    """

    name: str
    frames_per_second: int
    base_rates: tuple[float, ...]
    yaw_degrees: float
    pitch_degrees: float
    tracking_error: float
    speech_share: float
    hands_per_minute: float


def _with_rates(**rates: float) -> tuple[float, ...]:
    """Return the base rates of BP4D with some replaced, e.g. `au1=0.09`."""
    order = ("au1", "au2", "au4", "au6", "au7", "au10", "au12", "au14", "au15", "au17", "au23")
    defaults = [float(rate) for rate in statistics.BASE_RATE]
    return tuple(
        rates.get(name, rate) for name, rate in zip((*order, "au24"), defaults, strict=True)
    )


PRESETS: dict[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset(
            name="bp4d_like",
            frames_per_second=25,
            base_rates=_with_rates(),
            yaw_degrees=3.5,
            pitch_degrees=3.0,
            tracking_error=0.6,
            speech_share=0.45,
            hands_per_minute=0.5,
        ),
        # Groups of three talk and drink: more head motion, more speech, a rare upper face.
        Preset(
            name="gft_like",
            frames_per_second=30,
            base_rates=_with_rates(au1=0.09, au2=0.11, au4=0.035, au15=0.09),
            yaw_degrees=7.0,
            pitch_degrees=5.0,
            tracking_error=0.8,
            speech_share=0.7,
            hands_per_minute=0.9,
        ),
    )
}


def preset_named(name: str) -> Preset:
    """Return a preset by name.

    Raises:
        InputError: if there is none of this name.
    """
    if name not in PRESETS:
        raise InputError(f"unknown preset {name!r}: choose one of {sorted(PRESETS)}")
    return PRESETS[name]
