import numpy as np

from au_jax.faces.mean_shape import MEAN_SHAPE
from au_jax.faces.mesh_points import MESH_VERTICES


def test_each_point_has_a_vertex_of_its_own():
    assert MESH_VERTICES.shape == (68,) == MEAN_SHAPE.shape[:1]
    assert len(set(MESH_VERTICES.tolist())) == 68
    assert MESH_VERTICES.min() >= 0 and MESH_VERTICES.max() < 468


def test_middle_line_has_the_vertices_of_the_middle_line():
    middle = np.flatnonzero(np.isclose(MEAN_SHAPE[:, 0], 100))
    assert MESH_VERTICES[middle].tolist() == [152, 6, 197, 5, 4, 2, 0, 17, 13, 14]
