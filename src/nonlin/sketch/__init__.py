"""Small pictures of activations as SVG or letters: for notebooks, pages and terminals."""
