"""The diagnosis: how many planted faults it finds, names and mends, and whom it blames wrongly.

Run: python benchmarks/diagnosis.py                     the first half, one seed: two minutes
     python benchmarks/diagnosis.py --kind inputs --seeds 3 --half both
     python benchmarks/diagnosis.py --measure           the second half, three seeds; writes
                                                        the tables of docs/stability.md
     python benchmarks/diagnosis.py --prove             trains all twins anew: planting/proof.json

The faults, the healthy networks and the noise stand in benchmarks/planting, written by someone
who had not read how the diagnosis decides; their proof is in planting/proof.json. Every other
case of each kind is in the first half, which may be looked at while the diagnosis is built; the
second half is kept for the published figure. The diagnosis sees training rows only. A remedy
works if all changes that the report proposes, made to the broken set-up with fresh seeds, close
70 % of the gap between it and its repaired twin on held-out rows, on the mean of three seeds.
"""

import argparse
import sys

from _shared import DOCS, cpu, parser, say_reduced
from planting.all_faults import FAULTS
from planting.diagnosed import Case, cases, diagnosed
from planting.fault import KINDS
from planting.figures import misses, table, written
from planting.proof import prove
from threadpoolctl import threadpool_limits

REDUCED = "the first half of the cases, one seed"
PAGES = {DOCS / "stability.md": False, DOCS / "stability.zh-CN.md": True}  # Chinese?
NOISE_TIMES = 4  # as many seeds for noise: rare words need many runs
GROUPS = (*KINDS, "healthy", "noise")


def arguments() -> argparse.Namespace:
    found = parser(__doc__, REDUCED)
    found.add_argument("--quick", action="store_true", help="every fourth case, no remedies")
    found.add_argument("--kind", choices=GROUPS, help="one kind only")
    found.add_argument("--case", default="", help="only those whose name has this in it")
    found.add_argument("--seeds", type=int, help="for each case (1; with --measure 3)")
    found.add_argument("--half", choices=("first", "second", "both"), help="of each kind")
    found.add_argument("--prove", action="store_true", help="prove all cases anew, and stop")
    given = found.parse_args()
    given.half = given.half or ("second" if given.measure else "first")
    given.seeds = given.seeds or (3 if given.measure else 1)
    return given


def chosen(given: argparse.Namespace) -> list[Case]:
    found = [
        case
        for case in cases(FAULTS, given.half)
        if given.kind in (None, case.kind) and given.case in case.name
    ]
    if not found:
        sys.exit(f"No such case in half {given.half}.")
    return found[::4] if given.quick else found


def main() -> None:
    given = arguments()
    if given.prove:
        print(prove())
        return
    say_reduced(given, f"half: {given.half}, seeds: {given.seeds}")
    wanted, found = chosen(given), []
    diagnosed(wanted[0], 0, remedies=False)  # compiles what training needs
    for case in wanted:
        more = given.seeds * (NOISE_TIMES if case.kind == "noise" else 1)
        found += [diagnosed(case, seed, remedies=not given.quick) for seed in range(more)]
        print(f"\r{len(found)} {case.name:60.60}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    print(table(found), misses(found), sep="\n\n")
    if given.measure and not given.kind and not given.case and not given.quick:
        for page, chinese in PAGES.items():
            text = page.read_text(encoding="utf-8")
            page.write_text(written(text, found, cpu(), chinese), encoding="utf-8")


if __name__ == "__main__":
    with threadpool_limits(1):
        main()
