"""What the benchmarks share: one flag, and the name of the CPU.

Without --measure a script runs at most a few minutes of what it measures, prints that, and writes
nothing. With --measure it runs everything and writes its page in docs.
"""

from __future__ import annotations

import argparse
import platform
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"


def parser(description: str, reduced: str) -> argparse.ArgumentParser:
    """A command line with --measure; `reduced` says what runs without it."""
    found = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    found.add_argument(
        "--measure", action="store_true", help=f"everything, and write it down (else {reduced})"
    )
    return found


def say_reduced(given: argparse.Namespace, reduced: str) -> None:
    """Say above the figures that they are not those of the page."""
    if not given.measure:
        print(f"Reduced ({reduced}), not written down; --measure measures everything.", flush=True)


def cpu() -> str:
    """Its name, where the system tells it."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        if lines:
            return lines[0].split(":")[1].strip()
    return platform.processor() or platform.machine()
