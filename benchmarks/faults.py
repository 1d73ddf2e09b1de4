"""nt.diagnose on broken PyTorch programs: is the cause it names first the one that was planted?

Run: python benchmarks/faults.py                    four programs of the set "seen", a minute
     python benchmarks/faults.py --set seen         all of that set, some minutes
     python benchmarks/faults.py --case transformer only those whose name has this in it
     python benchmarks/faults.py --set seen --journal FILE --workers 2
                                                    a line of FILE for each program as soon as it
                                                    is known; a run that was cut off goes on there
                                                    (judged/seen.jsonl is that of "seen")
     python benchmarks/faults.py --measure --set kept
                                                    each program of the set once: what is in
                                                    judged/kept.jsonl stays; then the tables of
                                                    docs/torch-diagnose.md, in both languages

The programs stand in benchmarks/faulty: small edits of healthy ones, modelled on published
taxonomies. Those of the set "seen" were looked at while the diagnosis was built. The sets "kept"
and "third" were written by people who had not read how it decides, for a published figure each.
Which of our causes is right for what was planted says judged/causes.py, written before.
Found: the first cause that is named is the planted one. Repaired: what `report.apply()` gives,
trained as it says, gains at least 90 % of what the healthy twin gains over a constant, on rows
that were held out (proof.json has the twin's error, the mean of three seeds).
"""

import argparse
import json
import multiprocessing
import statistics
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import torch
from _shared import DOCS, cpu, parser, say_reduced
from faulty import SETS, Program, programs
from faulty.proof import PROOF
from judged.figures import misses, table, written
from judged.journal import as_line, journal_of, known, note, said
from judged.judged import Said, judged

REDUCED = "every sixteenth program of the set that may be looked at"
SEEN, PUBLISHED = "seen", "kept"
PAGES = {DOCS / "torch-diagnose.md": False, DOCS / "torch-diagnose.zh-CN.md": True}  # Chinese?


def arguments() -> argparse.Namespace:
    found = parser(__doc__, REDUCED)
    found.add_argument("--set", choices=SETS, help="all of it")
    found.add_argument("--case", default="", help="only those whose name has this in it")
    found.add_argument("--journal", type=Path, help="file of what was said, which is gone on with")
    found.add_argument("--workers", type=int, default=1, help="processes side by side")
    found.add_argument("--plain", action="store_true", help="do not train what it recommends")
    return found.parse_args()


def chosen(given: argparse.Namespace) -> list[Program]:
    wanted = [each for each in programs(the_set(given)) if given.case in each.name]
    return wanted if given.measure or given.set or given.case else wanted[::16]


def the_set(given: argparse.Namespace) -> str:
    if given.measure and given.set == SEEN:
        sys.exit(f'"{SEEN}" was looked at and is not for the published figure: use --journal.')
    return given.set or (PUBLISHED if given.measure else SEEN)


def asked(name: str, remedies: bool) -> dict[str, Any]:
    """Of one program, by its name: a line of the journal."""
    torch.set_num_threads(1)
    each = next(each for each in programs() if each.name == name)
    errors = json.loads(PROOF.read_text(encoding="utf-8"))
    found = judged(each, statistics.mean(errors[each.twin or each.name]), remedies)
    causes = ", ".join(found.causes) or "nothing"
    print(f"{name}: {causes}, {found.seconds:.0f} s", file=sys.stderr, flush=True)
    return as_line(found)


def all_asked(wanted: Sequence[Program], remedies: bool, workers: int) -> Iterator[Said]:
    """As soon as they are known, in so many processes."""
    by_name = {each.name: each for each in wanted}
    ask = partial(asked, remedies=remedies)
    if workers == 1:
        yield from (said(ask(each.name), each) for each in wanted)
        return
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        for line in pool.imap_unordered(ask, by_name):
            yield said(line, by_name[line["name"]])


def main() -> None:
    given = arguments()
    wanted = chosen(given)
    if not wanted:
        sys.exit("There is no such program.")
    say_reduced(given, f"{len(wanted)} programs")
    journal = journal_of(the_set(given)) if given.measure else given.journal
    found = known(wanted, journal) if journal else {}
    left = [each for each in wanted if each.name not in found]
    for new in all_asked(left, not given.plain, given.workers):
        found[new.program.name] = new
        if journal:
            note(new, journal)
    everything = [found[each.name] for each in wanted]
    print(table(everything), misses(everything), sep="\n\n")
    if given.measure and not given.case:
        for page, chinese in PAGES.items():
            text = page.read_text(encoding="utf-8")
            page.write_text(
                written(text, everything, f"{cpu()}, one thread", chinese), encoding="utf-8"
            )


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
