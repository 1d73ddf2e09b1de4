"""That every faulty program is worse than its healthy twin, and that healthy ones learn.

Run in benchmarks: python -m faulty.proof          all of it, some minutes; writes proof.json
                   python -m faulty.proof seen     one set, or programs by name, twins first;
                                                   the figures of the others are kept

Each program is trained with three seeds, which draw the rows, what is held out, and the weights.
Errors are those of held-out rows, as parts of the best constant's error. A faulty program is
proven if its error exceeds the twin's by MARGIN with every seed, a healthy one if it is at most
LEARNT with every seed.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import torch

from faulty import Program, programs

SEEDS = (0, 1, 2)
MARGIN, LEARNT = 0.1, 0.5
PROOF = Path(__file__).with_name("proof.json")

Errors = dict[str, list[float]]


def errors(program: Program) -> list[float]:
    """One for each seed."""
    found = []
    for seed in SEEDS:
        data = program.data(seed)
        found.append(round(program.error(program.trained(seed, data), data), 3))
    return found


def proven(program: Program, found: Errors) -> bool:
    """Whether the figures hold what the docstring above says."""
    own = found[program.name]
    if not program.cause:
        return max(own) <= LEARNT
    return all(a - b >= MARGIN for a, b in zip(own, found[program.twin], strict=True))


def measure(asked: Iterable[Program], found: Errors) -> None:
    """Errors of each program into `found` and the file; prints what is not proven."""
    for program in asked:  # healthy ones come first, twins among them
        found[program.name] = errors(program)
        said = "" if proven(program, found) else "NOT PROVEN"
        print(f"{program.name:45}", *found[program.name], said, flush=True)
        write(found)


def write(found: Errors) -> None:
    """In the order of the programs; what no longer exists is left out."""
    names = [program.name for program in programs() if program.name in found]
    lines = [f'  "{name}": {json.dumps(found[name])}' for name in names]
    PROOF.write_text("{\n" + ",\n".join(lines) + "\n}\n")


def main() -> None:
    """All that is asked for, one thread."""
    torch.set_num_threads(1)
    begin = time.process_time()
    found: Errors = json.loads(PROOF.read_text()) if PROOF.exists() else {}
    asked = sys.argv[1:]
    measure([p for p in programs() if not asked or {p.name, p.in_set} & set(asked)], found)
    print(f"{time.process_time() - begin:.0f} s of CPU time")


if __name__ == "__main__":
    main()
