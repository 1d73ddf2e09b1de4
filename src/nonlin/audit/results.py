"""What an audit found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from nonlin._text import Text, text
from nonlin.audit.examine import FORMATS, Row
from nonlin.audit.finding import KINDS, WRONG, Finding

if TYPE_CHECKING:
    import polars as pl

ORDINARY = 1e4  # |x| that networks have


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

    @property
    def sentences(self) -> Iterator[Text]:
        """What came out, library by library, and what a fault is."""
        if self.interrupted:
            yield text("audit.interrupted")
        for each in self.libraries:
            ill = len({finding.name for finding in each.findings})
            key, library = "measured" if ill else "sound", each.library
            counts = {"functions": len(each.functions), "faults": len(each.findings), "ill": ill}
            yield text(f"audit.{key}", library=library, version=each.version, **counts)
        rows = [row for each in self.libraries for row in each.rows if row.format == "float32"]
        if self.exhaustive:
            yield text("audit.inputs_all")
        elif rows:
            yield text("audit.inputs", points=f"{rows[0].points:,}")
        yield text("audit.allowed", **{kind: f"{ulp:g}" for kind, ulp in self.allowed.items()})
        if self.findings:
            yield text("audit.confirmed")

    def __str__(self) -> str:
        return "\n".join(map(str, self.sentences))
