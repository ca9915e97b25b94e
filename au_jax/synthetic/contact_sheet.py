"""A contact sheet of the built-in faces: for several subjects, neutral beside each action unit.

python -m au_jax.synthetic.contact_sheet --out=sheet.png [--seed=0 --subjects=6 --size=200]
"""

import dataclasses
import io
import sys
from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np
from absl import flags
from PIL import Image, ImageDraw, ImageFont

from au_jax import facs
from au_jax.synthetic.expression.combination import RENDERED_AUS
from au_jax.synthetic.rendering import renderer
from au_jax.synthetic.rendering.scene import sample_scene
from au_jax.synthetic.subject.identity import sample_identity
from au_jax.system import atomic_files
from au_jax.system.command import execute

_TITLE_HEIGHT = 38
_GAP = 2


def contact_sheet(*, seed: int, subjects: int, size: int) -> np.ndarray:
    """Draw the sheet.

    Args:
        seed: of the data set.
        subjects: number of subjects, one per row.
        size: pixels along a side of a face.

    Returns:
        uint8 RGB `[height, width, 3]`: a title row, then neutral and each unit of `PAPER_AUS` at
        full intensity.
    """
    titles = ["neutral", *(f"AU{au} {facs.ACTION_UNITS[au].name}" for au in facs.PAPER_AUS)]
    rows = [_titles(titles, size)]
    for subject in range(subjects):
        scene = sample_scene(np.random.default_rng((seed, subject)))
        maps = renderer.prepare(sample_identity(seed, subject), scene, size=size)
        faces = renderer.render_frames(maps, _one_unit_each(), size)
        rows.append(np.concatenate([_framed(face) for face in faces], axis=1))
    return np.concatenate(rows)


def _one_unit_each() -> renderer.Frame:
    """Return frames `[13]`: neutral, then each unit of `PAPER_AUS` at full intensity."""
    count = 1 + len(facs.PAPER_AUS)
    frames = jax.tree.map(
        lambda leaf: jnp.broadcast_to(leaf, (count, *leaf.shape)), renderer.neutral_frame()
    )
    intensity = np.zeros(frames.intensity.shape, np.float32)
    for row, au in enumerate(facs.PAPER_AUS, start=1):
        intensity[row, RENDERED_AUS.index(au)] = 1.0
    return dataclasses.replace(frames, intensity=jnp.asarray(intensity))


def _framed(face: np.ndarray) -> np.ndarray:
    return np.pad(face, ((_GAP, 0), (_GAP, 0), (0, 0)), constant_values=255)


def _titles(titles: list[str], size: int) -> np.ndarray:
    """Return a white strip with a title of two lines above each column, all of one size."""
    cell = size + _GAP
    strip = Image.new("RGB", (cell * len(titles), _TITLE_HEIGHT), "white")
    pen = ImageDraw.Draw(strip)
    texts = ["\n".join(title.split(" ", 1)) for title in titles]
    fitting = [
        points
        for points in range(6, 15)
        if all(pen.multiline_textbbox((0, 0), t, _font(points))[2] <= size for t in texts)
    ]
    for column, (title, text) in enumerate(zip(titles, texts, strict=True)):
        shown = text if fitting else title.split()[0]
        pen.text((cell * column + _GAP, 2), shown, fill="black", font=_font(max([8, *fitting])))
    return np.asarray(strip)


def _font(points: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(points)


def run(arguments: Sequence[str]) -> int:
    """Write the sheet that the flags ask for.

    Args:
        arguments: command line, the program's name first.

    Returns:
        the exit code, see `au_jax.command`.
    """
    values = flags.FlagValues()
    flags.DEFINE_string("out", None, "Picture to write, as in sheet.png.", flag_values=values)
    for name, default, least, explanation in (
        ("seed", 0, 0, "Seed of the data set."),
        ("subjects", 6, 1, "Number of subjects, one per row."),
        ("size", 200, 32, "Pixels along a side of a face."),
    ):
        flags.DEFINE_integer(name, default, explanation, lower_bound=least, flag_values=values)

    def body() -> None:
        if not (values.out or "").lower().endswith(".png"):
            raise flags.Error(f"--out={values.out} is not a PNG: end the name with .png")
        sheet = contact_sheet(seed=values.seed, subjects=values.subjects, size=values.size)
        buffer = io.BytesIO()
        Image.fromarray(sheet).save(buffer, "PNG")
        atomic_files.write_bytes(values.out, buffer.getvalue())
        print(f"{values.out}: {values.subjects} subjects, neutral and each action unit")

    return execute(values, arguments, __doc__ or "", body)


if __name__ == "__main__":
    sys.exit(run(sys.argv))
