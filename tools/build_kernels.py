"""Write the costs of all kernels into docs/kernels.md, or show one kernel.

python tools/build_kernels.py                  for this CPU, which must have AVX-512
python tools/build_kernels.py --show gelu      the instructions of its value
"""

import argparse
from pathlib import Path

import llvmlite.binding as llvm

import nonlin as nl
from nonlin.emit.llvm.tables.cost import instructions
from nonlin.emit.llvm.tables.table import Table
from nonlin.emit.llvm.tables.tabled import OTHERS, write_others, write_tabled
from nonlin.expr.machine.modes import mode_of
from nonlin.expr.paths import Path as Route
from nonlin.expr.paths import inputs_of, roots_of, tabled
from nonlin.kernels import target
from nonlin.kernels.tables.fit import fit
from nonlin.kernels.tables.reference import Reference

PAGE = Path(__file__).parents[1] / "docs" / "kernels.md"
BEGIN, END = "<!-- costs -->", "<!-- /costs -->"
ROUTES: dict[str, Route] = {"f": (0,), "f'": (1,), "both": (0, 1)}


def costs(name: str, route: Route) -> tuple[float, Table | None]:
    """Instructions of the formula, and the table that replaces it."""
    graph, hardware = nl.get(name).graph, target.host().hardware
    roots = roots_of(graph, route)
    mode = mode_of("float32", "fast", route, roots)
    others = write_others(roots, inputs_of(route), mode, hardware).globals[OTHERS]
    counted, rule = instructions(others), tabled(graph, route)
    if rule is None:
        return counted, None
    return counted, fit(Reference(rule), rule.orders, counted, rule.formula)


def cell(counted: float, table: Table | None) -> str:
    """27; or 53 -> 21 (-5.7..), which ends at -5.7 and goes on upwards."""
    if table is None:
        return f"{counted:.0f}"
    (low, high), below, above = table.ends, table.below, table.above
    if table.mirrored:
        low, high, below, above = -high, -low, above, below
    ends = ("" if below else f"{low:.3g}") + ".." + ("" if above else f"{high:.3g}")
    return f"{counted:.0f} → **{table.instructions}** ({ends})"


def write() -> None:
    """The table of docs/kernels.md."""
    lines = [f"| | {' | '.join(ROUTES)} |", "|---|" + "---|" * len(ROUTES)]
    for name in nl.names():
        if not nl.get(name).elementwise:
            continue
        found = [costs(name, route) for route in ROUTES.values()]
        if any(table is not None for _, table in found):
            lines.append(f"| {name} | {' | '.join(cell(*each) for each in found)} |")
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text("\n".join((before + BEGIN, *lines, END + after)), encoding="utf-8")


def show(name: str) -> None:
    """Machine code as text."""
    graph, hardware, route = nl.get(name).graph, target.host().hardware, ROUTES["f"]
    roots = roots_of(graph, route)
    module = write_others(roots, ("x",), mode_of("float32", "fast", route, roots), hardware)
    rule = tabled(graph, route)
    cost = instructions(module.globals[OTHERS])
    if rule and (table := fit(Reference(rule), rule.orders, cost, rule.formula)):
        module = write_tabled(rule.outputs, table, ("x",), module, hardware)
    print(target.host().machine().emit_assembly(llvm.parse_assembly(str(module))))


def main() -> None:
    """Write or show."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--show", metavar="NAME")
    given = parser.parse_args()
    show(given.show) if given.show else write()


if __name__ == "__main__":
    main()
