"""Plain HTML for notebooks: it takes colours and fonts from the page around it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

_LEFT, _RIGHT = "text-align:left", "text-align:right"
GREY = "opacity:0.6"  # of text that counts less, on light and on dark paper


def paragraphs(sentences: Iterable[object]) -> str:
    """One below the other, the first one bold."""
    first, *rest = (escape(str(sentence)) for sentence in sentences)
    return f"<p><b>{first}</b>{''.join(f'<br>{each}' for each in rest)}</p>"


def bullets(sentences: Iterable[object]) -> str:
    """A list; nothing if there is no sentence."""
    lines = "".join(f"<li>{escape(str(sentence))}</li>" for sentence in sentences)
    return f"<ul>{lines}</ul>" if lines else ""


def table(head: Sequence[str], rows: Iterable[Sequence[str]], grey: Sequence[bool] = ()) -> str:
    """The first column is a name, the others are numbers; grey: which rows count less."""
    named = "".join(
        f'<th style="{_RIGHT if place else _LEFT}">{escape(name)}</th>'
        for place, name in enumerate(head)
    )
    written = [
        "".join(
            f'<td style="{_RIGHT if place else _LEFT}">{escape(cell)}</td>'
            for place, cell in enumerate(row)
        )
        for row in rows
    ]
    looks = [f' style="{GREY}"' if dim else "" for dim in grey] or [""] * len(written)
    body = "".join(f"<tr{look}>{row}</tr>" for look, row in zip(looks, written, strict=True))
    return f"<table><thead><tr>{named}</tr></thead><tbody>{body}</tbody></table>"


def lines(text: str) -> str:
    """Text whose columns and lines matter."""
    return f'<pre style="white-space:pre-wrap">{escape(text)}</pre>'
