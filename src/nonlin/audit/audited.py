"""All functions that are asked for, library by library."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from nonlin.activation import Activation
from nonlin.audit.examine import Row, examine
from nonlin.audit.inputs import BLOCK, BLOCKS, sample
from nonlin.audit.libraries import Library
from nonlin.audit.programs import written
from nonlin.audit.results import Audit, Audited, LeftOut

ALLOWED = {"float32": 16.0, "float16": 4.0, "bfloat16": 4.0}  # ULP
LONGEST = 160  # signs of what a library says when it cannot
Progress = Callable[[int, int, str], None]


@dataclass(slots=True)
class Run:
    """An audit as it goes on."""

    libraries: Sequence[tuple[Library, dict[str, Activation]]]
    allowed: dict[str, float]
    exhaustive: bool
    on_progress: Progress
    done: int = 0
    telling: bool = False

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
        self,
        library: Library,
        name: str,
        activation: Activation,
        rows: list[Row],
        left_out: list[LeftOut],
    ) -> None:
        """In every format. Whatever a library raises is what it says: it cannot.

        What on_progress raises is not of the library.
        """
        program, step = None, self._stepper(name)
        for kind in library.formats:
            limits = self.allowed[kind], self.exhaustive
            try:
                program = program or library.program(written(name))
                with np.errstate(all="ignore"):
                    rows += list(examine(name, activation, program, kind, limits, step))
            except Exception as error:
                if self.telling:
                    raise
                said = f"{type(error).__name__}: {error}".splitlines()[0][:LONGEST]
                left_out.append(LeftOut(name, kind, said))

    def _stepper(self, name: str) -> Callable[[], None]:
        def step() -> None:
            self.done += 1
            self.telling = True
            self.on_progress(min(self.done, self.total), self.total, name)
            self.telling = False

        return step

    @property
    def total(self) -> int:
        """Blocks of inputs in all."""
        single = BLOCKS if self.exhaustive else -(-len(sample()) // BLOCK)
        return sum(
            len(functions) * (single + len(library.formats) - 1)
            for library, functions in self.libraries
        )
