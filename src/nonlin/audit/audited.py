"""All functions that are asked for, library by library, and what came out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from nonlin.activation import Activation
from nonlin.audit.examine import FORMATS, Row, examine
from nonlin.audit.finding import KINDS, WRONG, Finding
from nonlin.audit.inputs import BLOCK, BLOCKS, sample
from nonlin.audit.libraries import Library
from nonlin.audit.programs import written

if TYPE_CHECKING:
    import polars as pl

ALLOWED = {"float32": 16.0, "float16": 4.0, "bfloat16": 4.0}  # ULP
ORDINARY = 1e4  # |x| that networks have
LONGEST = 160  # signs of what a library says when it cannot
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A function that a library cannot compute in a format, and what it says of that."""

    name: str
    format: str
    reason: str


@dataclass(frozen=True, slots=True)
class Audited:
    """One library: a row for each function, format and order."""

    library: str
    version: str
    rows: tuple[Row, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The faults, function by function, those that harm most first."""
        found = merged(each for row in self.rows for each in row.findings)
        worst = {f.name: min(map(harm, (g for g in found if g.name == f.name))) for f in found}
        return tuple(sorted(found, key=lambda f: (worst[f.name], f.name, harm(f))))

    @property
    def functions(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(dict.fromkeys(row.name for row in self.rows))

    @property
    def sound(self) -> tuple[str, ...]:
        """The names of those without a fault."""
        ill = {each.name for each in self.findings}
        return tuple(name for name in self.functions if name not in ill)


def merged(findings: Iterable[Finding]) -> list[Finding]:
    """What is the same in several formats once, told in the first; wrong numbers differ."""
    found: dict[tuple[object, ...], Finding] = {}
    for each in findings:
        key = (each.name, each.order, each.kind, each.format if each.kind == WRONG else "")
        first = found.get(key, each)
        also = () if first is each else (*first.also, each.format)
        found[key] = replace(first, also=also)
    return list(found.values())


def harm(finding: Finding) -> tuple[float, ...]:
    """For sorting: at ordinary x before others, float32 first, of wrong numbers the largest."""
    ordinary = finding.kind in KINDS[:2] and abs(finding.x) <= ORDINARY
    apart = abs(finding.got - finding.truth) if finding.kind == WRONG else 0.0
    place = [*FORMATS].index(finding.format)
    return not ordinary, KINDS.index(finding.kind), place, -apart, finding.order


@dataclass(frozen=True, slots=True)
class Audit:
    """How right the activations of other libraries are on this machine.

    allowed: ULP by format. exhaustive: float32 at all its numbers? interrupted: Ctrl-C ended it
    with the functions that were done.
    """

    libraries: tuple[Audited, ...]
    allowed: dict[str, float]
    exhaustive: bool
    seconds: float
    interrupted: bool

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The faults of all libraries."""
        return tuple(each for library in self.libraries for each in library.findings)

    @property
    def table(self) -> pl.DataFrame:
        """A polars frame: one row per library, function, format and order.

        right: results that are correctly rounded, of so many points; worst and ours: ULP, of the
        library and of nonlin; findings: how many.
        """
        import polars as pl

        names = ("name", "entry", "format", "order", "points", "right", "mismatches", "worst",
                 "ours")  # fmt: skip
        return pl.DataFrame(
            [
                {"library": each.library, **{name: getattr(row, name) for name in names}}
                | {"findings": len(row.findings)}
                for each in self.libraries
                for row in each.rows
            ],
            infer_schema_length=None,
        )

    def __str__(self) -> str:
        from nonlin.audit.told import summary

        return "\n".join(map(str, summary(self)))


@dataclass(slots=True)
class Run:
    """An audit as it goes on."""

    libraries: Sequence[tuple[Library, dict[str, Activation]]]
    allowed: dict[str, float]
    exhaustive: bool
    on_progress: Progress
    done: int = 0

    def audit(self) -> Audit:
        """Ctrl-C ends it with what is done. Raises KeyboardInterrupt if nothing is."""
        start, found, interrupted = time.monotonic(), [], False
        try:
            for library, functions in self.libraries:
                rows: list[Row] = []
                left_out: list[LeftOut] = []
                found.append((library, rows, left_out))
                for name, activation in functions.items():
                    self._function(library, name, activation, rows, left_out)
        except KeyboardInterrupt:
            interrupted = True
            if not any(rows for _, rows, _ in found):
                raise
        libraries = tuple(
            Audited(library.name, library.version, tuple(rows), tuple(left_out))
            for library, rows, left_out in found
        )
        seconds = time.monotonic() - start
        return Audit(libraries, self.allowed, self.exhaustive, seconds, interrupted)

    def _function(
        self, library: Library, name: str, activation: Activation, rows: Any, left_out: Any
    ) -> None:
        """In every format. Whatever a library raises is what it says: it cannot."""
        program = None
        for kind in library.formats:
            try:
                program = program or library.program(written(name))
                options = {"allowed": self.allowed[kind], "exhaustive": self.exhaustive}
                step = self._stepper(name)
                with np.errstate(all="ignore"):
                    rows += list(examine(name, activation, program, kind, **options, step=step))
            except Exception as error:
                said = f"{type(error).__name__}: {error}".splitlines()[0][:LONGEST]
                left_out.append(LeftOut(name, kind, said))

    def _stepper(self, name: str) -> Callable[[], None]:
        def step() -> None:
            self.done += 1
            self.on_progress(min(self.done, self.total), self.total, name)

        return step

    @property
    def total(self) -> int:
        """Blocks of inputs in all."""
        single = BLOCKS if self.exhaustive else -(-len(sample()) // BLOCK)
        return sum(
            len(functions) * (single + len(library.formats) - 1)
            for library, functions in self.libraries
        )
