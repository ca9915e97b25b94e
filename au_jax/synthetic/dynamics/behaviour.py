"""All that goes on in a face besides the coded action units: speech, blinks, gaze, pose, hands."""

from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from au_jax.facs import PAPER_AUS
from au_jax.synthetic.dynamics.activity import smooth_process
from au_jax.synthetic.expression.combination import RENDERED_AUS
from au_jax.synthetic.presets import Preset
from au_jax.synthetic.rendering import hand

# Where the palm of a hand may rest (x, y), direction of the fingers in degrees, size, how often.
_HAND_POSES = {
    "chin": (100, 264, -92, 1.9, 0.30),
    "mouth": (108, 238, -100, 2.0, 0.24),
    "cheek": (16, 196, -78, 2.0, 0.20),
    "eye": (38, 164, -80, 2.0, 0.10),
    "forehead": (34, 40, -8, 1.9, 0.08),
    "face": (98, 172, -90, 2.3, 0.08),
}


class Behaviour(NamedTuple):
    """One recording, frame by frame; float32 with a leading axis `[frames]`.

    Attributes:
        intensity: `[frames, 19]`, of `combination.RENDERED_AUS`.
        gaze, turn, jitter, hand, exposure, blur: see `renderer.Frame`.
    """

    intensity: np.ndarray
    gaze: np.ndarray
    turn: np.ndarray
    jitter: np.ndarray
    hand: np.ndarray
    exposure: np.ndarray
    blur: np.ndarray


def simulate(coded: np.ndarray, preset: Preset, generator: np.random.Generator) -> Behaviour:
    """Add to the coded units what else the subject does.

    Args:
        coded: intensities of `PAPER_AUS`, `[frames, 12]`.
        preset: how much the subject talks and moves.
        generator: source of all randomness.
    """
    frames, rate = len(coded), preset.frames_per_second
    intensity = np.zeros((frames, len(RENDERED_AUS)), np.float32)
    intensity[:, [RENDERED_AUS.index(au) for au in PAPER_AUS]] = coded
    _talk(intensity, preset, generator)
    _uncoded_units(intensity, rate, generator)
    intensity[:, RENDERED_AUS.index(45)] = _blinks(frames, rate, generator)
    turn = _turns(frames, preset, generator)
    shake = smooth_process(generator, frames, 4, 0.25 * rate)
    shake = 0.8 * shake + 0.6 * generator.standard_normal((frames, 4))
    error = preset.tracking_error
    return Behaviour(
        intensity=np.clip(intensity, 0.0, 1.2),
        gaze=(_gaze(frames, rate, generator) - 6.0 * turn * [1.0, -1.0]).astype(np.float32),
        turn=turn.astype(np.float32),
        jitter=(shake * [error, error, 0.009 * error, 0.012 * error]).astype(np.float32),
        hand=_hands(frames, preset, generator),
        exposure=np.exp(0.02 * smooth_process(generator, frames, 1, rate)[:, 0]).astype(np.float32),
        blur=np.clip(
            0.45 + 0.2 * smooth_process(generator, frames, 1, 0.5 * rate)[:, 0], 0.0, 1.0
        ).astype(np.float32),
    )


def _unit(intensity: np.ndarray, au: int) -> np.ndarray:
    return intensity[:, RENDERED_AUS.index(au)]


def _talk(intensity: np.ndarray, preset: Preset, generator: np.random.Generator) -> None:
    """Part the lips, drop the jaw, stretch and pucker the lips in the rhythm of syllables."""
    frames, rate = len(intensity), preset.frames_per_second
    urge = smooth_process(generator, frames, 1, 1.2 * rate)[:, 0]
    loudness = generator.uniform(0.6, 1.2)
    cut = NormalDist().inv_cdf(1.0 - preset.speech_share)
    talking = np.clip((urge - cut) / 0.25, 0.0, 1.0)
    syllables = smooth_process(generator, frames, 4, 0.07 * rate)
    slow = smooth_process(generator, frames, 2, 0.3 * rate)
    moves = (
        (25, 0.42 + 0.34 * syllables[:, 0]),
        (26, 0.22 + 0.30 * (0.8 * syllables[:, 0] + 0.6 * syllables[:, 1])),
        (18, 0.35 * (0.6 * syllables[:, 2] + 0.8 * slow[:, 0]) - 0.05),
        (20, 0.30 * (0.6 * syllables[:, 3] + 0.8 * slow[:, 1]) - 0.12),
    )
    for au, movement in moves:
        _unit(intensity, au)[:] += loudness * talking * np.clip(movement, 0.0, 1.0)


def _uncoded_units(intensity: np.ndarray, rate: float, generator: np.random.Generator) -> None:
    """Raise upper lids, wrinkle the nose, open the mouth now and then."""
    slow = smooth_process(generator, len(intensity), 4, 0.7 * rate)
    occasions = np.clip(slow - 1.6, 0.0, 1.0)
    surprise = np.minimum(_unit(intensity, 1), _unit(intensity, 2))
    _unit(intensity, 5)[:] += occasions[:, 0] + surprise * np.clip(0.5 + 0.6 * slow[:, 0], 0, 1)
    disgust = _unit(intensity, 10) * _unit(intensity, 4)
    _unit(intensity, 9)[:] += 0.8 * occasions[:, 1] + disgust
    smile = np.clip(_unit(intensity, 12) - 0.35, 0.0, 1.0)
    _unit(intensity, 25)[:] += smile * np.clip(0.7 + 0.7 * slow[:, 2], 0.0, 1.2)
    _unit(intensity, 25)[:] += 0.5 * np.clip(slow[:, 3] - 1.2, 0.0, 0.8)
    _unit(intensity, 20)[:] += 0.6 * occasions[:, 3]


def _blinks(frames: int, rate: float, generator: np.random.Generator) -> np.ndarray:
    """Return the intensity of blinks `[frames]`: shut within 0.1 s, open again within 0.2 s."""
    closed = np.zeros(frames)
    time = np.arange(frames) / rate
    moment = generator.uniform(0.0, 3.0)
    while moment < time[-1]:
        closing = (time - moment) / 0.09
        opening = 1.0 - (time - moment - 0.13) / 0.20
        closed = np.maximum(closed, np.clip(np.minimum(closing, opening), 0.0, 1.0))
        moment += 0.5 + generator.lognormal(0.9, 0.6)
    return closed


def _gaze(frames: int, rate: float, generator: np.random.Generator) -> np.ndarray:
    """Return where the irises are, `[frames, 2]`: fixations and jumps between them."""
    place = np.zeros((frames, 2))
    frame = 0
    while frame < frames:
        length = max(2, int(rate * generator.lognormal(-0.2, 0.7)))
        place[frame : frame + length] = generator.normal(0.0, (1.3, 0.7))
        frame += length
    step = place.copy()
    step[1:] = 0.5 * (place[1:] + place[:-1])
    return step


def _turns(frames: int, preset: Preset, generator: np.random.Generator) -> np.ndarray:
    """Return yaw and pitch in radians, `[frames, 2]`."""
    rate = preset.frames_per_second
    rest = 0.5 * generator.standard_normal(2)
    slow = smooth_process(generator, frames, 2, 1.6 * rate)
    quick = smooth_process(generator, frames, 2, 0.3 * rate)
    spread = np.deg2rad([preset.yaw_degrees, preset.pitch_degrees])
    return np.clip((rest + 0.8 * slow + 0.3 * quick) * spread, -0.36, 0.36)


def _hands(frames: int, preset: Preset, generator: np.random.Generator) -> np.ndarray:
    """Return where a hand is, `[frames, 5]`: it comes from below, stays a while and leaves."""
    rate = preset.frames_per_second
    path = np.tile(hand.ABSENT, (frames, 1))
    poses = np.array(list(_HAND_POSES.values()))
    expected = preset.hands_per_minute * frames / (60.0 * rate)
    for _ in range(generator.poisson(expected)):
        x, y, degrees, size, _ = poses[generator.choice(len(poses), p=poses[:, 4])]
        side = generator.choice([-1.0, 1.0])
        stay = 0.5 + generator.lognormal(0.2, 0.6)
        moment = generator.uniform(-0.5 * stay, frames / rate)
        time = np.arange(frames) / rate - moment
        present = np.clip(np.minimum((time + 0.3) / 0.3, (stay + 0.3 - time) / 0.3), 0.0, 1.0)
        away = (1.0 - present) ** 2
        angle = np.deg2rad(degrees) + generator.normal(0.0, 0.2)
        drift = 1.5 * smooth_process(generator, frames, 2, 0.3 * rate)
        pose = np.empty((frames, 5))
        pose[:, 0] = 100.0 + side * (x - 100.0) + generator.normal(0.0, 6.0) + drift[:, 0]
        pose[:, 1] = y + generator.normal(0.0, 5.0) + 190.0 * away + drift[:, 1]
        pose[:, 2] = angle if side > 0 else np.pi - angle
        pose[:, 3] = size * generator.uniform(0.9, 1.15)
        pose[:, 4] = side
        path = np.where((present > 0.0)[:, None], pose, path)
    return path.astype(np.float32)
