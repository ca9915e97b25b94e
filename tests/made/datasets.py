"""Small copies of the licensed data sets, laid out as they are distributed.

The pictures are built-in faces pasted into larger frames. A grey mark on the forehead tells the
place of a frame in its recording, so that a test sees which frame a prepared face was cut from.
"""

import dataclasses
import functools
import io
import zipfile

import numpy as np
from PIL import Image

from au_jax.faces.mean_shape import MEAN_SHAPE
from au_jax.facs import ACTION_UNITS, PAPER_AUS
from au_jax.synthetic.presets import PRESETS
from au_jax.synthetic.recording import simulate_recording
from tests.made.videos import write_landmarks, write_video

FRAMES = 14
"""Frames of every recording that are coded."""

FACE = 100  # as in other tests, so that the renderer is compiled once
HEIGHT, WIDTH = 128, 168
# BP4D has a column for every number, BP4D+ leaves some out.
BP4D_COLUMNS = tuple(range(1, 40))
BP4D_PLUS_COLUMNS = (*(1, 2, 4, 5, 6, 7), *range(9, 21), *(22, 23, 24, 27), *range(28, 40))
BP4D_INTENSITIES = (6, 10, 12, 14, 17)
GFT_AUS = (1, 2, 4, 5, 6, 7, 9, 10, 11, 12, 14, 15, 17, 23, 24)
DISFA_AUS = (1, 2, 4, 5, 6, 9, 12, 15, 17, 20, 25, 26)
MARK_LEVELS = 20 + 15 * np.arange(FRAMES)
"""Grey level of the mark by the place of a frame."""


@dataclasses.dataclass(frozen=True)
class Acted:
    """One recording of a person.

    `pictures` uint8 `[FRAMES, HEIGHT, WIDTH, 3]`, `points` float `[FRAMES, 68, 2]`, `present` bool
    `[FRAMES, 12]` of the paper's AUs, `intensity` int 0 to 5 of the same shape.
    """

    pictures: np.ndarray
    points: np.ndarray
    present: np.ndarray
    intensity: np.ndarray

    def codes(self, au):
        """Occurrence of an AU; those that nobody acts follow a rule that has both codes."""
        if au in PAPER_AUS:
            return self.present[:, PAPER_AUS.index(au)].astype(int)
        return (np.arange(FRAMES) // 3 + au) % 2

    def levels(self, au):
        if au in PAPER_AUS:
            return self.intensity[:, PAPER_AUS.index(au)]
        return (np.arange(FRAMES) // 2 + au) % 6


@functools.cache
def act(person, recording=0):
    """A recording of a built-in person."""
    preset = dataclasses.replace(PRESETS["bp4d_like"], frames_per_second=4)
    made = simulate_recording(
        preset, subject=person, recording=recording, seed=3, seconds=FRAMES / 4, size=FACE
    )
    rng = np.random.default_rng((person, recording))
    background = rng.integers(60, 120, (HEIGHT // 8, WIDTH // 8, 3)).repeat(8, 0).repeat(8, 1)
    pictures = np.repeat(background[None].astype(np.uint8), FRAMES, axis=0)
    points = np.zeros((FRAMES, 68, 2))
    for place in range(FRAMES):
        top, left = 16 + place % 3, 30 + 2 * (place % 4)
        face = made.faces[place].copy()
        face[4:14, FACE // 2 - 5 : FACE // 2 + 5] = MARK_LEVELS[place]
        pictures[place, top : top + FACE, left : left + FACE] = face
        points[place] = (MEAN_SHAPE + 0.5) * FACE / 200 - 0.5 + [left, top]
    present = made.labels == 1
    strength = np.ceil(made.intensities * 5).astype(int)
    return Acted(pictures, points, present, np.where(present, np.clip(strength, 1, 5), 0))


def place_of(faces):
    """The places, from 0, of prepared faces `[face, size, size, 3]`, by their marks."""
    size = faces.shape[1]
    top, bottom = round(size * 6 / FACE), round(size * 12 / FACE)
    left, right = round(size * 47 / FACE), round(size * 53 / FACE)
    level = faces[:, top:bottom, left:right].mean(axis=(1, 2, 3))
    return np.abs(level[:, None] - MARK_LEVELS).argmin(axis=1)


def jpeg(picture):
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "JPEG", quality=92)
    return buffer.getvalue()


def write_jpegs(folder, pictures, first, width):
    """Write pictures named by frame with `width` digits, and one before and one behind them."""
    folder.mkdir(parents=True)
    around = [np.zeros_like(pictures[0]), *pictures, np.zeros_like(pictures[0])]
    for number, picture in enumerate(around, first - 1):
        (folder / f"{number:0{width}d}.jpg").write_bytes(jpeg(picture))


def occurrence_table(acted, first, columns, header="0"):
    """Lines of a table such as BP4D's; a column that no AU of FACS has is not coded: 9."""
    lines = [",".join([header, *map(str, columns)])]
    codes = [acted.codes(au) if au in ACTION_UNITS else np.full(FRAMES, 9) for au in columns]
    for place in range(FRAMES):
        lines.append(",".join([str(first + place), *(str(code[place]) for code in codes)]))
    return lines


def write_lines(path, lines):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n")


BP4D = {
    # recording: person, recording of the person, first coded frame, digits of the names
    "F001_T1": (0, 0, 2440, 4),
    "F001_T2": (0, 1, 7, 3),
    "F003_T1": (1, 0, 95, 1),
    "F007_T8": (2, 0, 310, 4),
}
"""Subjects of all three published folds; a late start; 4, 3 and no padding digits."""


def write_bp4d(root):
    """`AUCoding/AU_OCC`, `AUCoding/AU_INT` and `BP4D-training`."""
    for name, (person, recording, first, width) in BP4D.items():
        acted = act(person, recording)
        subject, task = name.split("_")
        folder = root / "BP4D-training" / subject / task
        write_jpegs(folder, acted.pictures, first, width)
        (folder / f"{first:0{width}d}.obj").write_text("a mesh")
        lines = occurrence_table(acted, first, BP4D_COLUMNS)
        write_lines(root / "AUCoding/AU_OCC" / f"{name}.csv", lines)
        for au in BP4D_INTENSITIES:
            pairs = [f"{first + i},{level}" for i, level in enumerate(acted.levels(au))]
            write_lines(root / f"AUCoding/AU_INT/AU{au:02d}/{name}_AU{au:02d}.csv", pairs)
    return root


BP4D_PLUS = {
    "F001_T1": (0, 0, 1200),
    "F001_T6": (0, 1, 301),
    "M002_T7": (1, 0, 41),
    "M005_T8": (2, 0, 900),
}


def write_bp4d_plus(root):
    """`2D+3D/F001.zip` with a task more than is coded, `AUCoding/AU_OCC`, and `Physiology`."""
    by_subject = {}
    for name in BP4D_PLUS:
        by_subject.setdefault(name.split("_")[0], []).append(name)
    (root / "2D+3D").mkdir(parents=True)
    for subject, names in by_subject.items():
        write_lines(root / "Physiology" / subject / "T1/BP_mmHg.txt", ["80"])
        with zipfile.ZipFile(root / "2D+3D" / f"{subject}.zip", "w") as archive:
            for name in names:
                person, recording, first = BP4D_PLUS[name]
                acted, task = act(person, recording), name.split("_")[1]
                archive.writestr(f"{subject}/{task}/", "")
                for place, picture in enumerate(acted.pictures):
                    archive.writestr(f"{subject}/{task}/{first + place:03d}.jpg", jpeg(picture))
                archive.writestr(f"{subject}/{task}/{first:03d}.mtl", "a texture")
                lines = occurrence_table(acted, first, BP4D_PLUS_COLUMNS)
                write_lines(root / "AUCoding/AU_OCC" / f"{name}.csv", lines)
            archive.writestr(f"{subject}/T2/001.jpg", jpeg(act(0).pictures[0]))
    return root


GFT = {
    # participant: person, number in the name of the first picture; None for a video
    "001A": (0, 1),
    "001B": (1, None),
    "002A": (2, 0),
}


def write_gft(root):
    """Tables of occurrence and intensity, tracking of the same names, pictures and a video."""
    for name, (person, first) in GFT.items():
        acted = act(person)
        start = 1 if first is None else first
        header = "Frame" if name == "001A" else "frame_number"
        columns = [f"AU{au:02d}" if name != "001B" else f"au{au}" for au in GFT_AUS]
        rows = [f"{header}," + ",".join(columns)]
        levels = [f"{header}," + ",".join(columns)]
        for place in range(FRAMES):
            codes = [acted.codes(au)[place] for au in GFT_AUS]
            rows.append(",".join(map(str, [start + place, *codes])))
            codes = [acted.levels(au)[place] for au in GFT_AUS]
            levels.append(",".join(map(str, [start + place, *codes])))
        write_lines(root / f"AU_Occurrence/{name}.csv", rows)
        write_lines(root / f"AU_Intensity/{name}.csv", levels)
        write_lines(root / f"Tracking/{name}.csv", ["frame,x_1,y_1", f"{start},3,4"])
        if first is None:
            (root / "Videos").mkdir(exist_ok=True)
            write_video(root / f"Videos/{name}.mp4", acted.pictures, rate=30)
            continue
        folder = root / "Images" / name
        folder.mkdir(parents=True)
        for place, picture in enumerate(acted.pictures):
            (folder / f"{first + place}.jpg").write_bytes(jpeg(picture))
    return root


DISFA = {"SN001": 0, "SN003": 1, "SN013": 2}


def write_disfa(root):
    """One text file per AU, videos of two cameras; the left one shows other people."""
    for folder in ("Video_RightCamera", "Videos_LeftCamera"):
        (root / folder).mkdir(parents=True)
    for name, person in DISFA.items():
        right, left = act(person), act((person + 1) % 3)
        write_video(root / f"Video_RightCamera/RightVideo{name}_Comp.avi", right.pictures, rate=20)
        write_video(root / f"Videos_LeftCamera/LeftVideo{name}_comp.avi", left.pictures, rate=20)
        # One subject has a label less than frames; some copies count from 0.
        count, first = (FRAMES - 1, 1) if name == "SN003" else (FRAMES, int(name != "SN013"))
        for au in DISFA_AUS:
            pairs = [f"{first + i},{level}" for i, level in enumerate(right.levels(au)[:count])]
            write_lines(root / f"ActionUnit_Labels/{name}/{name}_au{au}.txt", pairs)
    return root


MADE = {
    "bp4d": (write_bp4d, {name: made[:3] for name, made in BP4D.items()}),
    "bp4d_plus": (write_bp4d_plus, BP4D_PLUS),
    "gft": (write_gft, {name: (person, 0, 1) for name, (person, _) in GFT.items()}),
    "disfa": (write_disfa, {name: (person, 0, 1) for name, person in DISFA.items()}),
}
"""By data set: what writes it, and person, recording and first frame of each recording."""


def write_made_landmarks(folder, dataset):
    """Write the landmarks of all recordings of a made data set, numbered by frame."""
    folder.mkdir(parents=True)
    for name, (person, recording, first) in MADE[dataset][1].items():
        points = act(person, recording).points
        numbers = list(range(first, first + FRAMES))
        write_landmarks(folder / f"{name}.csv", points, frames=numbers)
    return folder
