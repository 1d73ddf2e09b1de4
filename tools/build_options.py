"""Write docs/options.md and docs/options.zh-CN.md: the options of `choose`, from their one list.

Run: python tools/build_options.py
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from nonlin._text import LANGUAGES, say, speaking
from nonlin.choose.options import OPTIONS, Option

DOCS = Path(__file__).parents[1] / "docs"
NAMES = {"en": "options.md", "zh": "options.zh-CN.md"}
TEXT = {
    "en": (
        "# Options of `choose`",
        "`nl.choose(X, y, ...)` takes them by name, `nonlin choose` as flags.",
        ("option", "flag", "default", "meaning"),
    ),
    "zh": (
        "# `choose` 的选项",
        "`nl.choose(X, y, ...)` 按名称接受这些选项，`nonlin choose` 则用命令行选项。",
        ("选项", "命令行", "默认值", "含义"),
    ),
}


def page(language: str) -> str:
    """The page of one language."""
    title, introduction, head = TEXT[language]
    with speaking(language):
        rows = [" | ".join(row) for row in (head, ("---",) * len(head), *_rows())]
    table = "\n".join(f"| {row} |" for row in rows)
    return f"{title}\n\n{introduction}\n\n{table}\n"


def _rows() -> Iterator[tuple[str, ...]]:
    for name, option in OPTIONS.items():
        yield f"`{name}`", _flag(name, option), f"`{option.default}`", say(f"cli.options.{name}")


def _flag(name: str, option: Option) -> str:
    if option.typed is None:
        return "–"
    shown = f"--{name} {option.typed}".strip().replace("|", "\\|")
    return f"`{shown}`" + (f", `{option.short}`" if option.short else "")


if __name__ == "__main__":
    for spoken in LANGUAGES:
        (DOCS / NAMES[spoken]).write_text(page(spoken), encoding="utf-8")
