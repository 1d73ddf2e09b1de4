"""What theory says about signals in networks of an activation that is given by its name.

The same functions are part of `nonlin` itself: nl.moments, nl.gain, nl.mean_field, nl.critical,
nl.nngp, nl.ntk and nl.shape. The computing is done in `nonlin.theory`.
"""

from nonlin.propagation.kernels import nngp, ntk
from nonlin.propagation.predict import critical, gain, mean_field, moments
from nonlin.propagation.reshape import shape

__all__ = ["critical", "gain", "mean_field", "moments", "nngp", "ntk", "shape"]
