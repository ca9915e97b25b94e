import numpy as np
import pytest

from au_jax.analysis.embedding import distances, embed, silhouette, silhouettes


def clouds(centres, each=12, seed=0):
    """Points around centres far from one another, and whose they are."""
    rng = np.random.default_rng(seed)
    groups = np.repeat(np.arange(len(centres)), each)
    return np.asarray(centres)[groups] + rng.normal(size=(len(groups), 3)), groups


def naive_silhouette(points, groups):
    values = []
    for place, own in enumerate(groups):
        apart = np.linalg.norm(points - points[place], axis=1)
        mates = (groups == own) & (np.arange(len(groups)) != place)
        if not mates.any():
            values.append(0.0)
            continue
        near = min(apart[groups == other].mean() for other in np.unique(groups) if other != own)
        inside = apart[mates].mean()
        values.append((near - inside) / max(near, inside))
    return np.mean(values)


def test_silhouettes_are_those_of_the_definition_and_of_frames_with_a_label():
    points, subjects = clouds(3 * np.eye(3))
    labels = np.random.default_rng(1).choice([-1, 0, 1], (len(points), 2))
    labels[:, 1] = np.where(subjects == 0, 1, -1)
    found = silhouettes(distances(points), subjects, labels)
    known = labels[:, 0] != 0
    wanted = [
        naive_silhouette(points, subjects),
        naive_silhouette(points[known], labels[known, 0]),
        naive_silhouette(points, labels[:, 1]),
    ]
    np.testing.assert_allclose(found, wanted, atol=1e-5)
    assert found[2] > 0.2 > abs(found[1])


def test_two_pairs_have_the_silhouette_of_pencil_and_paper():
    apart = distances(np.array([[0.0], [1.0], [10.0], [11.0]]))
    wanted = np.mean([1 - 1 / 10.5, 1 - 1 / 9.5])
    assert silhouette(apart, np.array([0, 0, 1, 1])) == pytest.approx(wanted)


@pytest.mark.parametrize("groups", [np.zeros(4), np.arange(4)])
def test_one_group_or_none_has_no_silhouette(groups):
    assert np.isnan(silhouette(distances(np.arange(4.0)[:, None]), groups))


def test_what_is_apart_stays_apart_and_seeds_decide_the_picture():
    points, groups = clouds(30 * np.eye(3))
    found = embed(points, perplexity=30, seeds=(0, 1))
    assert found.shape == (2, 36, 2)
    assert min(silhouette(distances(one), groups) for one in found) > 0.5
    np.testing.assert_array_equal(embed(points, perplexity=30, seeds=(1,))[0], found[1])
    assert np.abs(found[0] - found[1]).max() > 0.1
