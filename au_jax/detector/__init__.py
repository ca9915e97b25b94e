"""A trained detector: networks, parameters and settings in one bundle that scores faces.

block       a model and the blocks whose outputs it takes; the outputs of a whole tree
cnn, lstm, fusion, computed_features, linear, jpml, columns    the kinds of models
bundle      a block on disk
detector    what users load and call
"""
