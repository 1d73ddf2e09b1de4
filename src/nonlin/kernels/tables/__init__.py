"""Tables for any formula: piecewise polynomials, fitted to its float64 kernel and tried out."""
