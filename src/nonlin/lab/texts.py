"""The words of the lab's pages, one flat table for each language."""

from __future__ import annotations

from nonlin._text import catalogue

BEGINNINGS = (  # of the keys that the pages in the browser use: their own, and words we had
    "lab", "divergence.", "kinds.", "figures.dead", "figures.saturated", "figures.values",
    "figures.derivatives", "cli.show.strengths", "cli.show.weaknesses", "cli.show.gain",
)  # fmt: skip


def texts(language: str) -> dict[str, str]:
    """Message by key; gaps are {name}, without a format."""
    found = catalogue(language).items()
    return {key: message for key, message in found if key.startswith(BEGINNINGS)}
