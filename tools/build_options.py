"""Write the options of `choose` into docs/options.md and its Chinese page, from their one list.

Run: python tools/build_options.py
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from nonlin._text import LANGUAGES, say, speaking
from nonlin.choose.options import OPTIONS, Option
from nonlin.cli.shared.options import typed

DOCS = Path(__file__).parents[1] / "docs"
NAMES = {"en": "options.md", "zh": "options.zh-CN.md"}
BEGIN, END = "<!-- options -->\n", "<!-- end -->\n"


def page(language: str) -> str:
    """The page of one language, with the options as they are now."""
    written = (DOCS / NAMES[language]).read_text(encoding="utf-8")
    head, _, rest = written.partition(BEGIN)
    _, _, foot = rest.partition(END)
    title, line = rest.splitlines()[:2]
    with speaking(language):
        rows = "\n".join(f"| {' | '.join(row)} |" for row in _rows())
    return f"{head}{BEGIN}{title}\n{line}\n{rows}\n{END}{foot}"


def _rows() -> Iterator[tuple[str, ...]]:
    for name, option in OPTIONS.items():
        yield f"`{name}`", _flag(name, option), f"`{option.default}`", say(f"cli.options.{name}")


def _flag(name: str, option: Option) -> str:
    if option.typed is None:
        return "–"
    shown = f"--{name} {typed(option.typed)}".strip().replace("|", "\\|")
    shown += f"`, `--no-{name}" if option.denied else ""
    return f"`{shown}`" + (f", `{option.short}`" if option.short else "")


if __name__ == "__main__":
    for spoken in LANGUAGES:
        found = page(spoken)
        (DOCS / NAMES[spoken]).write_text(found, encoding="utf-8")
