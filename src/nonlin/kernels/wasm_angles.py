"""`sin` and `cos` of any double, for machines without a C library: kernels call them by name.

x times 2/pi to 1,170 bits, modulo 4, exactly: Payne and Hanek, SIGNUM Newsletter 18 (1983).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llvmlite import ir

from nonlin.emit.llvm.arithmetic.circular import HALF_PI, turned
from nonlin.emit.llvm.arithmetic.lanes import DOUBLE, Lanes, Plain, function_of
from nonlin.emit.llvm.writers.vectors import Vectors, splat

if TYPE_CHECKING:
    from nonlin.emit.llvm.hardware import Hardware

    Value = Any

CHUNK, CHUNKS = 26, 45  # bits of 2/pi: 26 bits times 26 or 27 are exact, 1,170 reach the last x
SCALE = 500  # x is that many powers of two smaller and 2/pi larger, so that neither is subnormal
DIGITS = int(  # of 2/pi, in binary, behind the point
    "28be60db9391054a7f09d5f47d4d377036d8a5664f10e4107f9458eaf7aef1586dc91b8e909374b801924bba82"
    "7464873f877ac72c4a69cfba208d7d4baed1213a671c09ad17df904e64758e60d4ce7d272117e2ef7e4a0ec7fe"
    "25fff7816603fbcbc462d6829b47db4d9fb3c9f2c26dd3d18fd9a797fa8b5d49eeb1faf97c5ecf41ce7de294a4"
    "ba9afed7ec47e357421580c",
    16,
)
INT32 = ir.IntType(32)


def add_far_angles(module: ir.Module, hardware: Hardware) -> None:
    """double sin(double) and double cos(double), within 1 ULP or so, NaN at infinity."""
    chunk = ir.Function(module, ir.FunctionType(DOUBLE, [INT32]), "two_over_pi")
    _write_chunk(chunk)
    far = ir.Function(module, ir.FunctionType(DOUBLE, [DOUBLE, INT32]), "far_angle")
    _write(far, chunk, hardware)
    for quarters, name in enumerate(("sin", "cos")):
        function = function_of(module, ir.FunctionType(DOUBLE, [DOUBLE]), name)
        builder = ir.IRBuilder(function.append_basic_block("entry"))
        builder.ret(builder.call(far, [function.args[0], INT32(quarters)]))
        function.linkage = "internal"
    chunk.linkage = far.linkage = "internal"


def _write_chunk(function: ir.Function) -> None:
    """The chunk of 2/pi with a number: code, for there is no data."""
    f = ir.IRBuilder(function.append_basic_block("entry"))
    *chunks, last = two_over_pi()
    block = function.append_basic_block()
    cases = f.switch(function.args[0], block)
    ir.IRBuilder(block).ret(DOUBLE(last))
    for k, value in enumerate(chunks):
        block = function.append_basic_block()
        cases.add_case(INT32(k), block)
        ir.IRBuilder(block).ret(DOUBLE(value))


def _write(function: ir.Function, chunk: ir.Function, hardware: Hardware) -> None:
    """sin(x) or, with one quarter turn more, cos(x)."""
    f = ir.IRBuilder(function.append_basic_block("entry"))
    lanes = Lanes(f, "double", 1, fused=hardware.fused)
    m = Plain(lanes, "double")
    given, quarters = (splat(f, each, 1) for each in function.args)
    high, low = _quarter_turns(lanes, lanes.magnitude(given), chunk)
    magic = lanes.number(lanes.format.magic)
    shifted = f.fadd(high, magic)
    rest = f.fadd(f.fsub(high, f.fsub(shifted, magic)), low)
    quadrant = f.add(lanes.bits(shifted), f.zext(quarters, lanes.integer))
    value = turned(m, f.fmul(rest, lanes.number(HALF_PI[0] + HALF_PI[1])), quadrant)
    odd = f.icmp_unsigned("==", quarters, ir.Constant(quarters.type, [0]))
    flips = f.and_(odd, f.fcmp_ordered("<", given, lanes.number(0.0)))
    f.ret(f.extract_element(f.select(flips, f.fneg(value), value), INT32(0)))


def _quarter_turns(lanes: Lanes, x: Value, chunk: ir.Function) -> list[Value]:
    """x / (pi/2) modulo 4 as a sum of two doubles, the first from 0 to 4."""
    f = lanes.builder
    x = f.fmul(x, lanes.number(2.0**-SCALE))
    leading = lanes.floats(f.and_(lanes.bits(x), lanes.whole(-(1 << 27))))
    halves = leading, f.fsub(x, leading)

    def add(k: Value, sums: list[Value]) -> list[Value]:
        total, error = sums
        factor = splat(f, f.call(chunk, [k]), 1)
        for half in halves:
            part = _modulo_4(lanes, f.fmul(half, factor))
            total, lost = lanes.two_sum(total, part)
            total, error = _modulo_4(lanes, total), f.fadd(error, lost)
        return [total, error]

    zeros = [lanes.number(0.0)] * 2
    vectors = Vectors(f, lanes.type, INT32)
    return vectors.carry(INT32(0), INT32(CHUNKS), INT32(1), zeros, add)


def _modulo_4(lanes: Lanes, a: Value) -> Value:
    f = lanes.builder
    whole = lanes.intrinsic("floor", f.fmul(a, lanes.number(0.25)))
    return f.fsub(a, f.fmul(whole, lanes.number(4.0)))


def two_over_pi() -> list[float]:
    """2/pi times 2 ** SCALE as a sum of numbers of 26 bits, the largest first."""
    bits = CHUNK * CHUNKS
    pieces = ((DIGITS >> bits - CHUNK * k) % (1 << CHUNK) for k in range(1, CHUNKS + 1))
    return [piece * 2.0 ** (SCALE - CHUNK * k) for k, piece in enumerate(pieces, 1)]
