"""Representations of faces that are computed, not trained by gradient descent."""
