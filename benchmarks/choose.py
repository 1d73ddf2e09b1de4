"""Choosing: every target side by side with what was measured.

Run: python benchmarks/choose.py                       the parts that take a minute or two
     python benchmarks/choose.py --measure             all, up to half an hour, written down in
     python benchmarks/choose.py --measure --part networks    docs/performance-choosing.md
     python benchmarks/choose.py --part permuted --runs 20

What each part runs, and how, stands at the top of its file in benchmarks/choosing. A part that
is measured alone replaces its own rows on the page.
"""

import importlib
import json
import os
import platform
import time
from typing import Any

from _shared import DOCS, cpu, parser, say_reduced

PARTS = ("networks", "peak", "answer", "main_thread", "workers", "permuted")
LONG = ("permuted",)
REDUCED = f"without {', '.join(LONG)}"
KEPT, PAGE = DOCS / "performance-choosing.json", DOCS / "performance-choosing.md"


def machine() -> str:
    import numpy
    import sklearn

    return (
        f"{cpu()}, {os.cpu_count()} cores; Python {platform.python_version()}, "
        f"NumPy {numpy.__version__}, scikit-learn {sklearn.__version__}"
    )


def page(kept: dict[str, Any]) -> str:
    head = (
        "# Choosing: targets and measurements\n\n"
        "Written by `python benchmarks/choose.py`; contenders take turns, figures are medians.\n"
        "How the choice is made stands in [method.md](method.md).\n\n"
        "A load above the number of cores means that other programs used the machine: times are\n"
        "then too long, and what needs all cores, such as two workers, is told too low.\n\n"
        "| | target | measured | held |\n|---|---|---|---|\n"
    )
    rows = [
        f"| {row['what']} | {row['target']} | {row['measured']} | {('no', 'yes')[row['held']]} |"
        for part in PARTS
        for row in kept.get(part, {}).get("rows", ())
    ]
    foot = [
        f"- {part}: {kept[part]['machine']}; load when it began: {kept[part]['load']:.1f}; "
        f"{kept[part]['seconds']:.0f} s"
        for part in PARTS
        if part in kept
    ]
    return head + "\n".join(rows) + "\n\nMeasured on:\n\n" + "\n".join(foot) + "\n"


def run(part: str, options: dict[str, Any]) -> dict[str, Any]:
    load, begin = os.getloadavg()[0], time.perf_counter()
    rows = importlib.import_module(f"choosing.{part}").measure(**options)
    for row in rows:
        print(f"{row['what']}: {row['measured']} (target: {row['target']})", flush=True)
    seconds = time.perf_counter() - begin
    return {"rows": rows, "machine": machine(), "load": load, "seconds": seconds}


def main() -> None:
    options = parser(__doc__, REDUCED)
    options.add_argument("--part", choices=PARTS, action="append", help="only this")
    options.add_argument("--runs", type=int, help="of the part `permuted`; then nothing is written")
    given = options.parse_args()
    parts = given.part or [part for part in PARTS if given.measure or part not in LONG]
    say_reduced(given, ", ".join(parts))
    for part in parts:
        few = {"runs": given.runs} if given.runs and part == "permuted" else {}
        found = run(part, few)
        if given.measure and not given.runs:
            kept = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
            kept[part] = found
            KEPT.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
            PAGE.write_text(page(kept), encoding="utf-8")


if __name__ == "__main__":
    main()
