"""Small pictures of activations as SVG text, without matplotlib: for notebooks and pages."""
