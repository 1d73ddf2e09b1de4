"""What a kernel costs: vector instructions in its loop, for 16 float32 numbers."""

from __future__ import annotations

from typing import Any

from llvmlite import ir

NUMBERS, BITS = 16, 512
DIVISION = 16  # cycles of a float32 vector, which keeps its port for so long
FREE = ("phi", "br", "bitcast", "getelementptr", "shufflevector", "insertelement")


def instructions(kernel: ir.Function, division: int = DIVISION) -> float:
    """Of the loop over whole vectors, or over all of them: counted before anything is compiled."""
    names = (block.name for block in kernel.blocks)
    often = {name for name in names if name.startswith("body") and ".if" not in name}
    blocks = (block for block in kernel.blocks if block.name in often)
    return sum(_cost(each, division) for block in blocks for each in block.instructions)


def _cost(instruction: Any, division: int) -> float:
    kinds = [each.type for each in (instruction, *instruction.operands)]
    vectors = [kind for kind in kinds if isinstance(kind, ir.VectorType)]
    name = instruction.opname
    if not vectors or name in FREE:
        return 0.0
    lanes = vectors[0].count
    wide = max(_bits(kind) for kind in vectors)
    heavy = name in ("fdiv", "frem") or (name == "call" and "sqrt" in instruction.callee.name)
    vectors_of_512 = NUMBERS / lanes * max(1.0, lanes * wide / BITS)
    return float(vectors_of_512 * (division * wide / 32 if heavy else 1))


def _bits(kind: ir.VectorType) -> int:
    element = kind.element
    if isinstance(element, ir.IntType):
        return int(element.width)
    return {"float": 32, "double": 64}.get(str(element), 64)
