"""A race over anything that can be tried: who goes on, and what may be claimed."""
