"""What can be computed about an activation before any training.

Gaussian moments and gains, mean field theory, dual activations, the edge of chaos, shaping. Works
on expression graphs, so that `Activation` may ask it; `nonlin.propagation` takes names.
"""
