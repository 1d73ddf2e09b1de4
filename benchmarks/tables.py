"""The choice itself, judged on 76 tables: what a recommendation loses, costs and claims.

Run: python benchmarks/tables.py              replay the policies on the summaries, two minutes
     python benchmarks/tables.py --check      does training still give what was summarised?
     python benchmarks/tables.py --measure    sweep what has no summary, then replay and write
                                              docs/performance-tables.md

What is measured, and how, stands at the top of the files in benchmarks/oracles.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from _shared import DOCS, parser, say_reduced
from oracles import peers
from oracles.policies import policies
from oracles.replay import SEEN, claims, narrowing, oracle_claims, parted, raced, regrets
from oracles.sources import sources
from oracles.sweep import Oracle, stale, stored, sweep_all

PAGE = DOCS / "performance-tables.md"
REDUCED = "a replay of what was swept"
DOMAINS = ("survey", "measured", "made")


def regret_table(oracles: Sequence[Oracle]) -> Iterator[str]:
    """One line for each policy."""
    parts = [list(parted(oracle)) for oracle in oracles]
    judged = [
        [regrets(oracle, judging) for _, judging in own]
        for oracle, own in zip(oracles, parts, strict=True)
    ]
    yield "| policy | regret, %: mean (se) | median | " + " | ".join(DOMAINS) + " | networks, % |"
    yield "|---|---|---|" + "---|" * (len(DOMAINS) + 1)
    for name, policy in policies(oracles).items():
        rows = []
        for oracle, own, lost in zip(oracles, parts, judged, strict=True):
            told = [policy(oracle, seen) for seen, _ in own]
            regret = np.mean([each[pick] for each, (pick, _) in zip(lost, told, strict=True)])
            rows.append((regret, np.mean([networks for _, networks in told])))
        regret, networks = np.array(rows).T
        sweep = oracles[0].loss[0].size * SEEN
        by_domain = [
            np.mean(regret[[oracle.domain == domain for oracle in oracles]]) for domain in DOMAINS
        ]
        error = regret.std(ddof=1) / np.sqrt(len(regret))
        yield (
            f"| {name} | {regret.mean():.1f} ({error:.1f}) | {np.median(regret):.1f} | "
            + " | ".join(f"{each:.1f}" for each in by_domain)
            + f" | {100 * networks.mean() / sweep:.1f} |"
        )


def claims_line(oracles: Sequence[Oracle]) -> str:
    """How often the race claims a difference to relu where the full sweep does."""
    there = also = 0
    for oracle in oracles:
        for seen, _ in parted(oracle):
            if oracle_claims(oracle, seen):
                there += 1
                worse = claims(raced(oracle, seen, narrowing)).get("worse", [])
                also += any(row.arm.candidate == "relu" for row in worse)
    return (
        f"The full sweep claims a difference to relu in {there} replays, "
        f"the race in {also} of these."
    )


def cost_line(oracles: Sequence[Oracle]) -> str:
    """Networks until the finalists are known, and with their ten splits."""
    early, late = [], []
    for oracle in oracles:
        race = raced(oracle, np.arange(SEEN), narrowing)
        early.append(sum(len(done.outcomes) for done in race.rounds[: SEEN // 2]))
        late.append(race.networks)
    sweep = oracles[0].loss[0].size * SEEN
    return (
        f"Until its finalists are known the race trains {100 * np.mean(early) / sweep:.1f} % of "
        f"the full sweep ({max(early)} networks at most), with their ten splits "
        f"{100 * np.mean(late) / sweep:.1f} % ({max(late)})."
    )


def page(oracles: Sequence[Oracle]) -> str:
    head = (
        "# The choice: regret, cost and claims\n\n"
        "Written by `python benchmarks/tables.py --measure`; every policy is replayed on full\n"
        f"sweeps of {len(oracles)} tables, six times on 10 of 18 splits; the other 8 judge it.\n"
        "What the words mean stands at the top of `benchmarks/oracles/replay.py`, the tables in "
        "`benchmarks/oracles/sources.py`;\nhow the choice is made in [method.md](method.md).\n\n"
    )
    told = (cost_line(oracles), "", claims_line(oracles))
    lines = [*regret_table(oracles), "", *told, "", *peers.lines()]
    return head + "\n".join(lines) + "\n"


def main() -> None:
    options = parser(__doc__, REDUCED)
    options.add_argument("--check", action="store_true", help="train one network of each table")
    given = options.parse_args()
    say_reduced(given, REDUCED)
    if given.measure:
        sweep_all(sources())
        peers.measure(sources())
    if given.check:
        changed = [found for found in map(stale, sources()) if found]
        print("\n".join(changed) or "Every summary still holds.")
        return
    found = page([stored(each.name) for each in sources()])
    print(found)
    if given.measure:
        PAGE.write_text(found, encoding="utf-8")


if __name__ == "__main__":
    main()
