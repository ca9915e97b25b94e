"""A trained detector as a folder that runs without this package.

program       the blocks of a detector as one pure function of arrays
steps         what each kind of model does in that function
computed      features that are computed from faces, as steps
precision     rounding and products that are the same on every platform
jax_artefact  the function, serialised for several platforms
onnx          the same function as an ONNX graph
description   config.json: what goes in, what comes out, and how to align faces
folder        all of it, written in full or not at all
"""
