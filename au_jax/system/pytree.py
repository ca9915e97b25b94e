"""The type of nested containers of arrays."""

from typing import Any, TypeAlias

PyTree: TypeAlias = Any
"""A nested dict, tuple or dataclass of arrays, such as the parameters of a network.

Python's type system cannot say more; the name says what is meant.
"""
