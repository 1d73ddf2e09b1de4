"""Write docs/sources.md, in both languages: every entry's source, and what was read of it.

    python tools/build_sources.py

What was read stands in tools/sources.toml, years and sources in the declarations themselves.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

from nonlin.catalogue import get, names

ROOT = Path(__file__).parents[1]
RECORD = Path(__file__).with_name("sources.toml")
PAGES = {"en": "sources.md", "zh": "sources.zh-CN.md"}
LEVELS = ("read", "cited", "exists", "open")
WORDS = {
    "en": {
        "title": "Where the activation functions come from",
        "intro": (
            "The year is that of the first publication that was found, also where the name is "
            "younger. The table says what was read of each source: of {count} entries {read} "
            "were checked against the work itself, {cited} against others that cite it with the "
            "formula; of {exists} only the existence of the work was checked, and {open} were not. "
            "The record is `tools/sources.toml`; `python tools/build_sources.py` writes this page."
        ),
        "other": "[中文](sources.zh-CN.md)",
        "head": ("Entry", "Year", "Source", "Checked against", "What was read"),
        "read": "the work itself",
        "cited": "works or code that cite it",
        "exists": "that the work exists",
        "open": "not checked",
    },
    "zh": {
        "title": "激活函数的出处",
        "intro": (
            "年份是所找到的首次发表的年份，即使名称出现得更晚。表中说明各条目的出处核对到什么程度："
            "共 {count} 个条目，其中 {read} 个与原文核对，"
            "{cited} 个与引用原文并给出公式的文献或代码核对，"
            "{exists} 个只核对了原文确实存在，{open} 个没有核对。"
            "核对记录在 `tools/sources.toml` 中（英文）；"
            "本页由 `python tools/build_sources.py` 生成。"
        ),
        "other": "[English](sources.md)",
        "head": ("条目", "年份", "出处", "核对方式", "所读内容"),
        "read": "原文",
        "cited": "引用原文的文献或代码",
        "exists": "原文确实存在",
        "open": "未核对",
    },
}


def record() -> dict[str, tuple[str, str]]:
    """Of every entry the level and what was read; what nobody has looked at is open."""
    with RECORD.open("rb") as file:
        levels = tomllib.load(file)
    known = {name: (level, text) for level in LEVELS for name, text in levels[level].items()}
    return {name: known.get(name, ("open", "")) for name in names()}


def page(language: str) -> str:
    """The page in Markdown."""
    return "\n".join(_page(language)) + "\n"


def _page(language: str) -> Iterator[str]:
    words, known = WORDS[language], record()
    counts = {level: sum(each == level for each, _ in known.values()) for level in LEVELS}
    yield f"# {words['title']}\n"
    yield str(words["intro"]).format(count=len(known), **counts) + "\n"
    yield f"{words['other']}\n"
    yield f"| {' | '.join(words['head'])} |"
    yield "|---" * len(words["head"]) + "|"
    for name in names():
        entry, (level, text) = get(name), known[name]
        link = f"[{name}](catalogue/{language}/{name}.md)"
        cells = (link, str(entry.year), entry.source, str(words[level]), text)
        yield f"| {' | '.join(cells)} |"


def main() -> None:
    """Write both pages."""
    for language, path in PAGES.items():
        (ROOT / "docs" / path).write_text(page(language), encoding="utf-8")


if __name__ == "__main__":
    main()
