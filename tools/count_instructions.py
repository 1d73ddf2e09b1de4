"""How many vector instructions the main loop of a float32 kernel has, per vector.

    python tools/count_instructions.py sigmoid gelu         counts: f, f and f' together
    python tools/count_instructions.py gelu --show          the loop itself

A CPU with two vector ports needs at least half as many cycles as there are instructions.
"""

import argparse

import llvmlite.binding as llvm

import nonlin as nl
from nonlin.emit.llvm.program import mode_of, write_module
from nonlin.expr.paths import Path, inputs_of, roots_of
from nonlin.kernels import target
from nonlin.kernels.compile import without_ones


def loop(name: str, path: Path, precision: str) -> list[str]:
    """The instructions of the first loop: the one over whole vectors."""
    activation = nl.get(name)
    formula, parameters = without_ones(activation.formula, activation.values)
    roots = roots_of(formula, path)
    mode = mode_of("float32", precision, path, roots)
    hardware = target.host().hardware
    module = write_module(roots, inputs_of(path), tuple(parameters), mode, hardware)
    text = target.host().machine().emit_assembly(llvm.parse_assembly(str(module)))
    blocks = text.split("\n.LBB")
    inside = next(block for block in blocks[1:] if "\tj" in block and "vmov" in block)
    return [line.strip() for line in inside.splitlines()[1:] if line.startswith("\t")]


def main() -> None:
    """Print counts, or the loops."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "names", nargs="*", default=[n for n in nl.names() if nl.get(n).elementwise]
    )
    parser.add_argument("--precision", default="fast")
    parser.add_argument("--show", action="store_true")
    given = parser.parse_args()
    for name in given.names:
        loops = [loop(name, path, given.precision) for path in ((0,), (0, 1))]
        counts = [sum(line.startswith("v") for line in each) for each in loops]
        print(f"{name:14} f {counts[0]:3}   f and f' {counts[1]:3}")
        if given.show:
            print("\n".join(loops[0]))


if __name__ == "__main__":
    main()
