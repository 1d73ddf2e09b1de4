"""docs/accuracy.md from docs/accuracy.json."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Any

from nonlin.audit.examine import FLUSHED
from ulp.sweep import PIECES, PRECISIONS
from ulp.truth import ORDERS

Found = dict[str, Any]
PROMISED = {"fast": 4.0, "exact": 0.51}  # ULP
TITLES = {"value": "f", "derivative": "f'", "second": "f''"}
PEERS = {"torch": "PyTorch", "jax": "JAX"}
INTRODUCTION = """# Accuracy

Written by `benchmarks/accuracy.py` on {date}.

{machine}

An error is |result - truth| in units in the last place (ULP) of the truth, in the format of the
result; 0.5 is the best that rounding allows. In brackets: the x of the worst. "fast" and "exact"
are the values of `precision=`. Parameters have their default values. `nonlin audit torch jax`
looks at other libraries in this way on your machine.

- Tables of float32 count truths that are normal numbers; subnormal ones stand apart, in units of
  the smallest one, 1.4e-45.
- Around a zero of f' (up to the next extremum of f', or to |f'| = 1/2; zeros at x = 0 excepted) an
  error below one ULP of 1, 1.19e-7, is not counted. The largest error there has its own table.
- Infinity instead of the largest number is one ULP off. NaN or infinity anywhere else where the
  truth is finite, or the reverse, is counted as a mismatch.
- "all" inputs: the 4,294,967,296 bit patterns. "sample": every 4099th, every 127th with
  1/16 <= |x| < 128 (of these every fourth for f''), and all numbers of 16 bits.
"""
Cell = Callable[[Found, str, str], str]


def write(found: Found, keys: dict[str, str]) -> str:
    """The page; `keys` are those of the kernels as they are now."""
    rows = {name: float32(found, name, keys) for name in found["sample"] | found["exhaustive"]}
    machine = ", ".join(f"{what} {which}" for what, which in found["machine"].items())
    parts = [
        INTRODUCTION.format(date=found["date"], machine=machine),
        *_float32(rows),
        *_float64(found, keys),
        *_half(found, keys),
        *_peers(rows, found),
        *_reference(found),
    ]
    return "\n".join(parts)


def float32(found: Found, name: str, keys: dict[str, str]) -> Found:
    """What is known of an entry: of all inputs if of these kernels, else of the sample."""
    rows: Found = {"notes": {}}
    for contender, record in found["sample"].get(name, {}).items():
        rows[contender] = dict(record)
        rows["notes"][contender] = "sample" + _stale(record, contender, keys.get(name))
    for contender, record in found["exhaustive"].get(name, {}).items():
        stale = _stale(record, contender, keys.get(f"{name} {contender}"))
        if record["pieces"] < PIECES or (stale and contender in rows):
            continue
        rows[contender] = rows.get(contender, {}) | {o: record[o] for o in ORDERS[:2]}
        rows["notes"][contender] = "all" + stale
    return rows


def _stale(record: Found, contender: str, now: str | None) -> str:
    return " †" if contender in PRECISIONS and record["key"] != now else ""


def _float32(rows: Found) -> Iterator[str]:
    yield "## float32: worst ULP\n"
    heads = [f"{p} {TITLES[o]}" for p in PRECISIONS for o in ORDERS[:2]]
    yield _table(["", *heads, "inputs"], rows, lambda row: [
        *(_worst(row, p, o) for p in PRECISIONS for o in ORDERS[:2]),
        " / ".join(dict.fromkeys(row["notes"][p] for p in PRECISIONS if p in row)),
    ])  # fmt: skip
    yield "\n† measured with an earlier version of the kernels.\n"
    yield _mismatches(rows)
    yield "\n## float32: second derivative, worst ULP (sample)\n"
    yield _table(["", *PRECISIONS], rows, lambda row: [
        _worst(row, p, "second") for p in PRECISIONS
    ])  # fmt: skip
    yield "\n## float32: absolute error around zeros of f', in ULP of 1\n"
    zeros = {n: r for n, r in rows.items() if _get(r, "fast", "derivative", "zero")}
    yield _table(["", *PRECISIONS], zeros, lambda row: [
        _worst(row, p, "derivative", "zero") for p in PRECISIONS
    ])  # fmt: skip
    yield "\n## float32: subnormal results, worst error in units of 1.4e-45\n"
    small = {n: r for n, r in rows.items() if _above(r, "subnormal", 0.5 + 1e-9)}
    yield "Functions that are not listed round all of them right.\n"
    yield _table(["", *heads], small, lambda row: [
        _worst(row, p, o, "subnormal") for p in PRECISIONS for o in ORDERS[:2]
    ])  # fmt: skip


def _float64(found: Found, keys: dict[str, str]) -> Iterator[str]:
    if not found["double"]:
        return
    yield "\n## float64: worst ULP (sample)\n"
    yield (
        "At numbers of all sizes, more where functions bend and beside their zeros: where fast and"
        "\nexact differ most, mpmath says how far off either is. Around a zero of f' an error below"
        "\none ULP of 1, 2.2e-16, is not counted.\n"
    )
    heads = [f"{p} {TITLES[o]}" for p in PRECISIONS for o in ORDERS[:2]]
    yield _table(["", *heads, "inputs"], found["double"], lambda row: [
        *(_double(row[p][o]) for p in PRECISIONS for o in ORDERS[:2]),
        f"{row['fast']['value'][3]:,}",
    ])  # fmt: skip
    old = [n for n, row in found["double"].items() if row["key"] != keys.get(f"{n} float64")]
    if old:
        yield f"\nMeasured with an earlier version of the kernels: {', '.join(old)}."


def _double(record: list[Any]) -> str:
    return f"{_short(record[0])} ({_number(record[1])})" if record[0] else "0"


def _above(row: Found, kind: str, limit: float) -> bool:
    found = (_get(row, p, o, kind) for p in PRECISIONS for o in ORDERS[:2])
    return any(each and each[0] > limit for each in found)


def _mismatches(rows: Found) -> str:
    wrong = [
        f"- {name} {precision} {TITLES[order]}: {row[precision][order]['mismatches']}, "
        f"x = {row[precision][order]['worst']['mismatch'][1]}"
        for name, row in rows.items()
        for precision in PRECISIONS
        for order in row.get(precision, {}).keys() & set(ORDERS)
        if row[precision][order]["mismatches"]
    ]
    return "Mismatches (NaN, infinity): " + ("none." if not wrong else "\n\n" + "\n".join(wrong))


def _half(found: Found, keys: dict[str, str]) -> Iterator[str]:
    for kind, entries in found["half"].items():
        yield f"\n## {kind}: results not correctly rounded, of all 65,536 inputs\n"
        yield "In brackets: the worst ULP, normal and subnormal results alike.\n"
        marked = {
            name + _stale(entry["fast"], "fast", keys.get(name)): entry
            for name, entry in entries.items()
        }
        yield _counts(marked, [(p, o) for p in PRECISIONS for o in ORDERS])
        beside = {n: e for n, e in entries.items() if any(peer in e for peer in PEERS)}
        peers = [peer for peer in PEERS if any(peer in entry for entry in beside.values())]
        if peers:
            yield f"\nPyTorch and JAX in {kind}:\n"
            yield _counts(beside, [(peer, o) for peer in peers for o in ORDERS[:2]])


def _counts(entries: Found, columns: Sequence[tuple[str, str]]) -> str:
    heads = [f"{PEERS.get(c, c)} {TITLES[o]}" for c, o in columns]
    return _table(["", *heads], entries, lambda entry: [_rounded(entry, *c) for c in columns])


def _rounded(entry: Found, contender: str, order: str) -> str:
    tally = entry.get(contender, {}).get(order)
    if tally is None:
        return ""
    wrong = tally["points"] - tally["right"]
    if not wrong:
        return "0"
    errors = [tally["worst"].get(kind, [0.0])[0] for kind in ("normal", "subnormal")]
    nan = f", {tally['mismatches']} NaN/inf" if tally["mismatches"] else ""
    return f"{wrong} ({_short(max(errors))}{nan})"


def _peers(rows: Found, found: Found) -> Iterator[str]:
    peers = [peer for peer in PEERS if any(peer in row for row in rows.values())]
    known = {name: row for name, row in rows.items() if any(peer in row for peer in peers)}
    for order in ORDERS[:2] if peers else ():
        yield f"\n## float32 beside PyTorch and JAX: worst ULP of {TITLES[order]}\n"
        if order == "derivative":
            yield "Automatic derivatives; kinks, where the slope is a convention, are left out.\n"
        heads = ["", "nonlin fast", *(PEERS[peer] for peer in peers)]
        yield _table(heads, known, lambda row, order=order: [
            _with_mismatch(row, c, order) for c in ("fast", *peers)
        ])  # fmt: skip
    for peer in peers:
        flushed = [
            f"{name} {TITLES[order]}" for name, row in known.items() for order in ORDERS[:2]
            if (_get(row, peer, order, "subnormal") or [0])[0] > FLUSHED
        ]  # fmt: skip
        if flushed:
            yield f"\n{PEERS[peer]} loses subnormal results of {', '.join(flushed)}."
    swept = [
        PEERS[p] for p in peers if all(r["notes"].get(p, "all") == "all" for r in rows.values())
    ]
    yield f"\nAll inputs: {', '.join(swept)}." if swept else "\nPeers were run on the sample."


def _with_mismatch(row: Found, contender: str, order: str) -> str:
    cell = _worst(row, contender, order)
    wrong = _get(row, contender, order, "mismatch")
    if not wrong:
        return cell
    count = row[contender][order]["mismatches"]
    return f"{cell}; {wrong[2]} at {_number(wrong[1])}" + (f", {count} such" if count > 1 else "")


def _reference(found: Found) -> Iterator[str]:
    yield "\n## The truth\n"
    yield (
        "The float64 kernels, which for 16 bits and for f'' compute in pairs of doubles. Their own"
        "\nworst error against mpmath at 50 digits, in float32 ULP, at special and random points:\n"
    )
    yield _table(["", *(TITLES[o] for o in ORDERS), "points"], found["reference"], lambda row: [
        *(f"{row[o][0]:.1e} ({_number(row[o][1])})" for o in ORDERS), str(row["points"])
    ])  # fmt: skip
    yield ""


def _table(heads: Sequence[str], rows: Found, cells: Callable[[Any], list[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *([name, *cells(row)] for name, row in rows.items())]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _get(row: Found, contender: str, order: str, kind: str) -> list[Any] | None:
    return row.get(contender, {}).get(order, {}).get("worst", {}).get(kind)


def _worst(row: Found, contender: str, order: str, kind: str = "normal") -> str:
    found = _get(row, contender, order, kind)
    if found is None:
        return ""
    return f"{_short(found[0])} ({_number(found[1])})" if found[0] else "0"


def _short(error: float) -> str:
    if error < 0.0005:
        return f"{error:.0e}"
    if error < 1:
        return f"{error:.4f}"
    return f"{error:.2f}" if error < 100 else f"{error:.0f}" if error < 1e4 else f"{error:.1e}"


def _number(text: str) -> str:
    return f"{float(text):.5g}"


def broken(found: Found, keys: dict[str, str]) -> Iterator[str]:
    """What exceeds the bounds that are promised, in words."""
    for name in found["sample"] | found["exhaustive"]:
        row = float32(found, name, keys)
        for precision, bound in PROMISED.items():
            for order in ORDERS[:2]:
                what = f"float32 {name} {precision} {TITLES[order]}"
                worst = _get(row, precision, order, "normal")
                if worst and worst[0] > bound:
                    yield _sentence(what, worst)
                if wrong := _get(row, precision, order, "mismatch"):
                    yield _sentence(f"{what} MISMATCH", wrong)
    for name, row in found["double"].items():
        for precision, order in product(PRECISIONS, ORDERS[:2]):
            error, x, got, _ = row[precision][order]
            if error > PROMISED[precision]:
                what = f"float64 {name} {precision} {TITLES[order]}"
                yield f"{what}: {_short(error)} ULP at x = {x}: {got}"
    yield from _broken_halves(found)


def _broken_halves(found: Found) -> Iterator[str]:
    for kind, entries in found["half"].items():
        for name, entry in entries.items():
            for precision, order in product(PRECISIONS, ORDERS):
                cell = _rounded(entry, precision, order)
                if cell not in ("", "0"):
                    yield f"{kind} {name} {precision} {TITLES[order]}: {cell} wrong"


def _sentence(what: str, worst: list[Any]) -> str:
    error, x, got, true = worst
    absolute = abs(float(got) - float(true))
    return (
        f"{what}: {_short(error)} ULP ({absolute:.2g}) at x = {x}: {got}, truth {float(true):.9g}"
    )
