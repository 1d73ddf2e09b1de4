"""What can be computed about an activation before any training: Gaussian moments, gains.

Works on expression graphs, so that `Activation` may ask it.
"""
