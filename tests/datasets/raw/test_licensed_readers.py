"""What the readers of BP4D, BP4D+, GFT and DISFA make of copies that are not as they should be."""

import pickle
import shutil
import zipfile

import numpy as np
import pytest
from etils import epath

from au_jax.datasets.raw.catalogue import CATALOGUE
from au_jax.datasets.raw.check_report import check_report
from au_jax.datasets.raw.raw_dataset import ReaderOptions, left_out, prepare_raw
from au_jax.datasets.raw.recording_landmarks import LandmarkFolder
from au_jax.errors import InputError
from tests.made.datasets import (
    BP4D,
    FRAMES,
    MADE,
    act,
    jpeg,
    place_of,
    write_made_landmarks,
)
from tests.made.videos import (
    packets_of,
    write_landmarks,
    write_video,
)


class Copy:
    """A fresh copy of a made data set."""

    def __init__(self, name, root):
        self.name, self.root = name, root / name
        MADE[name][0](self.root)
        self.landmarks = write_made_landmarks(root / "landmarks", name)

    def read(self, **options):
        settings = {
            "landmarks": LandmarkFolder(epath.Path(self.landmarks)),
            "face_size": 64,
            **options,
        }
        return CATALOGUE[self.name].read(self.root, ReaderOptions(**settings))

    def prepare(self, **options):
        return prepare_raw(self.read(**options), self.root.parent / "data", self.name)

    def names(self):
        return [recording.name for recording in self.read().recordings]

    def report(self, **options):
        return check_report(self.name, self.read(**options))

    def edit(self, path, old, new):
        text = (self.root / path).read_text()
        assert old in text
        (self.root / path).write_text(text.replace(old, new, 1))


@pytest.fixture
def bp4d(tmp_path):
    return Copy("bp4d", tmp_path)


@pytest.fixture
def bp4d_plus(tmp_path):
    return Copy("bp4d_plus", tmp_path)


@pytest.fixture
def gft(tmp_path):
    return Copy("gft", tmp_path)


@pytest.fixture
def disfa(tmp_path):
    return Copy("disfa", tmp_path)


@pytest.fixture(params=MADE)
def any_set(request, tmp_path):
    return Copy(request.param, tmp_path)


def test_recordings_can_be_sent_to_other_processes(any_set):
    raw = any_set.read()
    assert raw.mistakes == raw.labels_alone == raw.pictures_alone == ()
    for recording in raw.recordings:
        sent = pickle.loads(pickle.dumps(recording))
        assert sent.key == recording.key
        blocks = list(sent.blocks())
        assert sum(len(block.frame) for block in blocks) == recording.expected_frames


def test_key_changes_with_labels_pictures_and_landmarks(bp4d):
    def keys():
        return {one.name: dict(one.key.source) for one in bp4d.read().recordings}

    before = keys()
    assert keys() == before
    code = str(act(0).codes(1)[0])
    bp4d.edit("AUCoding/AU_OCC/F001_T1.csv", f"\n2440,{code}", "\n2440,9")
    (bp4d.root / "BP4D-training/F001/T2/009.jpg").unlink()
    write_landmarks(bp4d.landmarks / "F003_T1.csv", act(1).points[:3], frames=[95, 96, 97])
    after = keys()
    assert [name for name in before if before[name] != after[name]] == [
        "F001_T1",
        "F001_T2",
        "F003_T1",
    ]


def test_source_that_is_missing_or_holds_something_else(any_set, tmp_path):
    options = ReaderOptions(LandmarkFolder(epath.Path(tmp_path)), 64)
    with pytest.raises(InputError, match="there is no such folder; check --source"):
        CATALOGUE[any_set.name].read(tmp_path / "nowhere", options)
    (tmp_path / "other/sub").mkdir(parents=True)
    with pytest.raises(InputError, match=r"found; there is no file\. Expected is "):
        CATALOGUE[any_set.name].read(tmp_path / "other", options)
    (tmp_path / "other/sub/labels.xlsx").write_text("x")
    with pytest.raises(InputError, match=r"there is for example sub/labels\.xlsx. Expected is "):
        CATALOGUE[any_set.name].read(tmp_path / "other", options)


# BP4D


def test_older_layout_of_bp4d(bp4d):
    names = bp4d.names()
    labels = [one.labels.labels for one in bp4d.read().recordings]
    for path in (bp4d.root / "AUCoding/AU_OCC").iterdir():
        shutil.copy(path, bp4d.root / "AUCoding")
    bp4d.edit("AUCoding/F001_T1.csv", "\n2440,", "\n2439,")
    assert bp4d.read().recordings[0].labels.frames[0] == 2440  # the newer place wins
    shutil.rmtree(bp4d.root / "AUCoding/AU_OCC")
    (bp4d.root / "AUCoding/AU_INT").rename(bp4d.root / "AU-Intensity-Codes3.0")
    assert bp4d.names() == names
    assert bp4d.read().recordings[0].labels.frames[0] == 2439
    for recording, before in zip(bp4d.read().recordings, labels, strict=True):
        np.testing.assert_array_equal(recording.labels.labels, before)
    assert len(bp4d.read(positive_from=1).recordings) == 4


@pytest.mark.parametrize("place", [".", "2D+3D", "images/BP4D"])
def test_pictures_of_bp4d_may_lie_in_other_folders(bp4d, place):
    (bp4d.root / place).mkdir(parents=True, exist_ok=True)
    for subject in (bp4d.root / "BP4D-training").iterdir():
        subject.rename(bp4d.root / place / subject.name)
    assert bp4d.names() == sorted(BP4D)


def test_pictures_of_bp4d_in_two_places_are_told(bp4d):
    shutil.copytree(bp4d.root / "BP4D-training/F001", bp4d.root / "copy/F001")
    (mistake, _) = bp4d.read().mistakes
    assert "F001_T1: pictures are in more than one place" in mistake
    assert "copy/F001/T1" in mistake and "BP4D-training/F001/T1" in mistake
    with pytest.raises(InputError, match="move all but one"):
        bp4d.prepare()


def test_missing_codes_rows_and_pictures_keep_every_frame_in_its_place(bp4d, capsys):
    path = bp4d.root / "AUCoding/AU_OCC/F001_T1.csv"
    lines = path.read_text().splitlines()
    cells = lines[4].split(",")
    assert cells[0] == "2443"
    cells[1], cells[12] = "9", ""
    lines[4] = ",".join(cells)
    del lines[6]  # frame 2445
    path.write_text("\n".join(lines))
    pictures = bp4d.root / "BP4D-training/F001/T1"
    (pictures / "2447.jpg").unlink()
    (pictures / "2449.jpg").write_bytes((pictures / "2449.jpg").read_bytes()[:900])
    report = bp4d.report()
    assert "F001_T1: 1 frame coded without a picture; 1 frame without labels" in report
    assert f"frames      {4 * FRAMES - 1} coded, {4 * FRAMES - 2} of them with a picture" in report
    dataset = bp4d.prepare()
    rows = np.flatnonzero(dataset.frames.recording == 0)
    there = [n for n in range(2440, 2440 + FRAMES) if n not in (2447, 2449)]
    assert dataset.frames.frame[rows].tolist() == there
    assert (place_of(dataset.faces[rows]) + 2440).tolist() == there
    labels = dict(zip(there, dataset.frames.labels[rows], strict=True))
    column = {au: dataset.aus.index(au) for au in (1, 12, 2)}
    assert [labels[2443][column[au]] for au in (1, 12)] == [0, 0]
    assert (labels[2445] == 0).all() and dataset.frames.tracked[rows].all()
    for number in (2444, 2446, 2448, 2450):
        code = act(0).codes(2)[number - 2440]
        assert labels[number][column[2]] == (1 if code else -1)
    err = capsys.readouterr().err
    assert "1 frame could not be decoded and left out (between frame 2449" in err
    assert "1 coded frame has no picture (between frame 2447 and frame 2447)" in err


def test_files_of_bp4d_without_a_partner_are_left_out_and_told(bp4d):
    shutil.rmtree(bp4d.root / "BP4D-training/F003")
    (bp4d.root / "AUCoding/AU_OCC/F001_T2.csv").unlink()
    raw = bp4d.read()
    assert [one.name for one in raw.recordings] == ["F001_T1", "F007_T8"]
    assert left_out(raw) == [
        "left out, with labels but no pictures: F003_T1",
        "left out, with pictures but no labels: F001_T2",
    ]
    report = bp4d.report()
    assert "labels without pictures   F003_T1\npictures without labels   F001_T2" in report
    assert bp4d.prepare().frames.recordings == ("F001_T1", "F007_T8")
    shutil.rmtree(bp4d.root / "BP4D-training")
    with pytest.raises(InputError, match="no recording has both labels and pictures; labels alone"):
        bp4d.prepare()


def test_all_wrong_headers_are_told_and_nothing_is_prepared(bp4d):
    bp4d.edit("AUCoding/AU_OCC/F001_T1.csv", "0,1,2", "time,1,2")
    bp4d.edit("AUCoding/AU_OCC/F003_T1.csv", "0,1,2", "0,1,smile")
    bp4d.edit("AUCoding/AU_OCC/F007_T8.csv", "\n311,", "\n311,7")
    with pytest.raises(InputError) as caught:
        bp4d.prepare()
    lines = str(caught.value).splitlines()
    assert len(lines) == 3
    assert "F001_T1.csv: unknown layout: it begins with 'time,1,2" in lines[0]
    assert "F003_T1.csv: unknown layout: it begins with '0,1,smile" in lines[1]
    assert "expected is '0,1,2,4,…'" in lines[0]
    assert "F007_T8.csv, line 3: '7" in lines[2]
    assert not (bp4d.root.parent / "data").exists()
    assert "files that cannot be used: 3\n" in bp4d.report()


def test_rows_of_openface_are_those_of_the_pictures_in_order(bp4d):
    # FeatureExtraction -fdir numbers the pictures of the folder 1, 2, …, uncoded ones too.
    for name in ("F001_T1", "F003_T1"):
        person, recording, *_ = BP4D[name]
        points = act(person, recording).points
        write_landmarks(
            bp4d.landmarks / f"{name}.csv", np.concatenate([points[:1], points, points[-1:]])
        )
    with pytest.raises(InputError, match=r"F003_T1.*10\.jpg comes before 2\.jpg"):
        bp4d.prepare()
    pictures = bp4d.root / "BP4D-training/F003/T1"
    for path in list(pictures.glob("*.jpg")):
        path.rename(pictures / f"{int(path.stem):04d}.jpg")
    dataset = bp4d.prepare()
    for index in (0, 2):
        rows = np.flatnonzero(dataset.frames.recording == index)
        assert dataset.frames.tracked[rows].all()
        assert place_of(dataset.faces[rows]).tolist() == list(range(FRAMES))


def test_recording_without_landmarks_fails_and_the_others_are_kept(bp4d):
    (bp4d.landmarks / "F001_T2.csv").unlink()
    write_landmarks(bp4d.landmarks / "F007_T8.csv", act(2).points)
    with pytest.raises(InputError, match=r"2 of 4 .*neither F001_T2\.csv nor F001_T2\.npy"):
        bp4d.prepare()
    rows = np.zeros((20, 68, 2))
    rows[6 : 6 + FRAMES] = act(0, 1).points  # from frame 1 on; coded are 7 to 20
    np.save(bp4d.landmarks / "F001_T2.npy", rows)
    with pytest.raises(InputError, match=r"1 of 4 .*F007_T8.*do not belong together"):
        bp4d.prepare()


# BP4D+


def test_tasks_of_bp4d_plus_that_nobody_codes_are_not_missed(bp4d_plus):
    with zipfile.ZipFile(bp4d_plus.root / "2D+3D/M002.zip", "a") as archive:
        archive.writestr("M002/T6/001.jpg", jpeg(act(1).pictures[0]))
        archive.writestr("__MACOSX/M002/T8/001.jpg", b"a fork")
    assert bp4d_plus.read().pictures_alone == ("M002_T6",)


def test_zip_that_is_cut_off_is_told_before_anything_is_prepared(bp4d_plus):
    path = bp4d_plus.root / "2D+3D/F001.zip"
    path.write_bytes(path.read_bytes()[:-100])
    raw = bp4d_plus.read()
    assert raw.labels_alone == ("F001_T1", "F001_T6")
    (mistake,) = raw.mistakes
    assert "F001.zip: cannot be read as a zip" in mistake
    with pytest.raises(InputError, match=r"F001\.zip"):
        bp4d_plus.prepare()


def test_damaged_picture_in_a_zip_keeps_its_number(bp4d_plus):
    path = bp4d_plus.root / "2D+3D/M002.zip"
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    entries["M002/T7/044.jpg"] = entries["M002/T7/044.jpg"][:700]
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    dataset = bp4d_plus.prepare()
    rows = dataset.frames.recording == dataset.frames.recordings.index("M002_T7")
    there = [n for n in range(41, 41 + FRAMES) if n != 44]
    assert dataset.frames.frame[rows].tolist() == there
    assert (place_of(dataset.faces[np.flatnonzero(rows)]) + 41).tolist() == there


def test_subject_as_zip_and_unpacked_is_read_once(bp4d_plus):
    with zipfile.ZipFile(bp4d_plus.root / "2D+3D/F001.zip") as archive:
        archive.extractall(bp4d_plus.root / "2D+3D")
    assert bp4d_plus.names() == sorted(MADE["bp4d_plus"][1])
    (bp4d_plus.root / "2D+3D/F001.zip").unlink()
    assert bp4d_plus.names() == sorted(MADE["bp4d_plus"][1])


# GFT


def test_other_codes_and_columns_of_gft(gft):
    path = gft.root / "AU_Occurrence/001A.csv"
    lines = [
        f"{line},{'Speech' if row == 0 else 'yes'}"
        for row, line in enumerate(path.read_text().splitlines())
    ]
    cells = lines[3].split(",")
    cells[1], cells[2] = "-999", "2"
    lines[3] = ",".join(cells)
    path.write_text("\n".join(lines))
    labels = gft.read().recordings[0].labels
    assert labels.labels[2, :2].tolist() == [0, 0]
    assert (labels.labels[[1, 3], :2] != 0).all()


def test_tracking_of_gft_is_not_taken_for_labels(gft):
    assert gft.names() == ["001A", "001B", "002A"]
    (gft.root / "AU_Occurrence/001A.csv").unlink()
    (mistake,) = gft.read().mistakes
    assert "Tracking/001A.csv: unknown layout: it begins with 'frame,x_1,y_1'" in mistake
    assert "expected is 'frame,AU1,AU2,…'" in mistake


def test_two_tables_or_pictures_of_a_participant_are_told(gft):
    (gft.root / "more").mkdir()
    shutil.copy(gft.root / "AU_Occurrence/001B.csv", gft.root / "more")
    write_video(gft.root / "more/002A.mp4", act(2).pictures)
    mistakes = gft.read().mistakes
    assert len(mistakes) == 2
    assert "001B: labels are in more" in mistakes[0] and "002A: pictures are in more" in mistakes[1]


@pytest.mark.parametrize("name", ["GFT_001B_labels", "001b", "001B-au"])
def test_names_of_gft_files_hold_the_participant(gft, name):
    (gft.root / "AU_Occurrence/001B.csv").rename(gft.root / f"AU_Occurrence/{name}.csv")
    assert gft.names() == ["001A", "001B", "002A"]


def test_video_of_another_length_is_refused(gft):
    write_video(gft.root / "Videos/001B.mp4", act(1).pictures[:9], rate=30)
    (mistake,) = gft.read().mistakes
    assert "the labels of 001B go to frame 14, but its video has 9 frames" in mistake
    (gft.root / "Videos/001B.mp4").write_bytes(b"no video")
    (mistake,) = gft.read().mistakes
    assert "001B.mp4: cannot be read as a video" in mistake


# DISFA


def test_cut_off_video_of_disfa_gives_what_is_there(disfa, capsys):
    path = disfa.root / "Video_RightCamera/RightVideoSN001_Comp.avi"
    path.write_bytes(path.read_bytes()[: packets_of(path)[9][0]])
    report = disfa.report()
    assert "SN001: 5 frames coded without a picture; the video holds 9 of 14 frames" in report
    dataset = disfa.prepare()
    rows = np.flatnonzero(dataset.frames.recording == 0)
    assert dataset.frames.frame[rows].tolist() == list(range(1, 10))
    assert place_of(dataset.faces[rows]).tolist() == list(range(9))
    expected = np.where(act(0).levels(12)[:9] >= 2, 1, -1)
    np.testing.assert_array_equal(dataset.frames.labels[rows, dataset.aus.index(12)], expected)
    assert "coded frames have no picture (between frame 10 and frame 14)" in capsys.readouterr().err


def test_lines_that_are_missing_in_disfa_shift_nothing(disfa):
    path = disfa.root / "ActionUnit_Labels/SN001/SN001_au12.txt"
    lines = [f"{i},{level}" for i, level in enumerate(act(0).levels(12), 1) if i != 4]
    path.write_text("\n".join(lines) + "\n")
    labels = disfa.read().recordings[0].labels
    column = labels.aus.index(12)
    expected = np.where(act(0).levels(12) >= 2, 1, -1)
    expected[3] = 0
    np.testing.assert_array_equal(labels.labels[:, column], expected)
    assert (np.delete(labels.labels[3], column) != 0).all()


def test_action_units_that_begin_with_different_frames_are_told(disfa):
    path = disfa.root / "ActionUnit_Labels/SN001/SN001_au12.txt"
    path.write_text("0,1\n" + path.read_text())
    (mistake,) = disfa.read().mistakes
    assert "SN001_au12.txt: frames begin with 0, those of the other action units" in mistake


def test_only_the_other_camera_is_there(disfa):
    shutil.rmtree(disfa.root / "Video_RightCamera")
    raw = disfa.read()
    assert raw.notes == ("all videos are of the left camera; take them with --camera=left",)
    assert raw.labels_alone == ("SN001", "SN003", "SN013")
    assert len(disfa.read(camera="left").recordings) == 3


def test_intensity_file_with_a_header_is_told(disfa):
    path = disfa.root / "ActionUnit_Labels/SN003/SN003_au1.txt"
    path.write_text("Frame Intensity\n" + path.read_text())
    (mistake,) = disfa.read().mistakes
    assert "SN003_au1.txt, line 1: unknown layout: it begins with 'Frame Intensity'" in mistake


def test_video_that_goes_on_is_mentioned(disfa):
    write_video(
        disfa.root / "Video_RightCamera/RightVideoSN013_Comp.avi",
        np.concatenate([act(2).pictures, act(2).pictures[:3]]),
        rate=20,
    )
    assert "SN013: the video goes on for 3 frames behind the labels" in disfa.report()
    rows = disfa.prepare().frames
    assert rows.frame[rows.recording == 2].tolist() == list(range(1, FRAMES + 1))
