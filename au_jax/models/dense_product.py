"""The product of a fully connected layer, with a gradient that is fast for small batches."""

import jax


def dense_product(
    inputs: jax.Array,
    kernel: jax.Array,
    dimension_numbers: jax.lax.DotDimensionNumbers,
    precision: jax.lax.PrecisionLike = None,
) -> jax.Array:
    """Return `inputs @ kernel`, in the signature of `jax.lax.dot_general` that `nn.Dense` takes.

    XLA:CPU forms `gradient @ kernelᵀ` by first transposing the whole kernel, 105 MB for fc6. Here
    the small gradient is transposed instead and the kernel is read as it lies: three times faster
    at batch 16, a fifth of a training step; even at batch 128. On an accelerator both forms
    are the same product.

    Args:
        inputs: `[batch, feature]`.
        kernel: `[feature, unit]`.
        dimension_numbers: must contract the features.
        precision: must be None, the default precision of the backend.

    Raises:
        ValueError: if another product is asked for.
    """
    if dimension_numbers != (((1,), (0,)), ((), ())) or precision is not None:
        raise ValueError(
            f"dense_product with dimensions {dimension_numbers} and precision {precision}: only "
            "[batch, feature] times [feature, unit] in default precision is possible"
        )
    return _product(inputs, kernel)


@jax.custom_vjp
def _product(inputs: jax.Array, kernel: jax.Array) -> jax.Array:
    return inputs @ kernel


def _forward_rule(
    inputs: jax.Array, kernel: jax.Array
) -> tuple[jax.Array, tuple[jax.Array, jax.Array]]:
    return inputs @ kernel, (inputs, kernel)


def _backward_rule(
    residuals: tuple[jax.Array, jax.Array], gradient: jax.Array
) -> tuple[jax.Array, jax.Array]:
    inputs, kernel = residuals
    # Without the barriers the compiler puts the transposition back on the kernel.
    column_gradient = jax.lax.optimization_barrier(gradient.T)
    d_inputs = jax.lax.optimization_barrier(kernel @ column_gradient).T
    return d_inputs, inputs.T @ gradient


_product.defvjp(_forward_rule, _backward_rule)
