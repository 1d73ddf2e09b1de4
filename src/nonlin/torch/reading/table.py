"""A table as plain text, in columns that are straight in Chinese as well."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

NUMBERS = set("0123456789.e+-")


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """The lines of a table: names come first, columns of numbers are aligned to the right."""
    columns = list(zip(header, *rows, strict=True))
    widths = [max(map(width, column)) for column in columns]
    right = [all(set(cell) <= NUMBERS for cell in column[1:]) for column in columns]
    right[0] = False  # names
    for row in (header, ["-" * each for each in widths], *rows):
        cells = [
            _padded(cell, each, end) for cell, each, end in zip(row, widths, right, strict=True)
        ]
        yield "  ".join(cells).rstrip()


def width(text: str) -> int:
    """In columns of a terminal."""
    from rich.cells import cell_len

    return cell_len(text)


def _padded(text: str, size: int, right: bool) -> str:
    blanks = " " * (size - width(text))
    return blanks + text if right else text + blanks
