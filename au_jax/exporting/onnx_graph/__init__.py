"""A program as an ONNX graph, built node by node.

builder        names, nodes and weights of a graph that grows
preprocessing  stored faces to the input of the CNN
cnn            the frame-wise network
lstm           the network over time
scores         heads, means and linear classifiers
model          a whole program as a checked model
"""
