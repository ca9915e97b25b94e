from au_jax.datasets.raw.pictures import VideoPictures
from tests.made.videos import pictures, write_video


def test_video_is_counted_without_decoding(tmp_path):
    source = VideoPictures(write_video(tmp_path / "v.mp4", pictures(7)))
    assert source.count().numbers.tolist() == list(range(1, 8))
    assert source.count().declared == 7
    with source.between(3, 4).open() as frames:
        assert len(list(frames)) == 7
