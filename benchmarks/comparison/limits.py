"""What no kernel can beat: a copy by NumPy, and one that writes past the caches."""

from __future__ import annotations

import ctypes
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import llvmlite.binding as llvm
import numpy as np
from llvmlite import ir

from comparison.tasks import FORWARD, Buffers, Call, Task

WIDTH = 16  # float32 elements of a vector: one cache line
STEP = 4 * WIDTH
SPLIT_FROM = 1 << 17  # elements: waking a thread for less costs more than it saves
INT64, INT32 = ir.IntType(64), ir.IntType(32)


def contenders(task: Task, buffers: Buffers, threads: int) -> dict[str, Call]:
    """Both copies; with two results, a streaming copy to two places."""
    x = buffers.get("x", task).ravel()
    outs = [buffers.get(name, task).ravel() for name in ("first", "second")]
    if task.path == FORWARD:
        copies = {"np.copyto": lambda: np.copyto(outs[0], x)}
        return {**copies, "stream": _streaming(x, outs[:1], threads)}
    return {"stream": _streaming(x, outs, threads)}


def _streaming(x: Any, outs: list[Any], threads: int) -> Call:
    pointers = [ctypes.c_void_p] * (1 + len(outs))
    run = ctypes.CFUNCTYPE(None, *pointers, ctypes.c_int64)(_compiled(len(outs))[0])
    size = x.size // STEP * STEP  # the few elements at the end are left out
    if size < SPLIT_FROM:
        threads = 1
    part = -(-size // threads // STEP) * STEP
    addresses = [array.ctypes.data for array in (x, *outs)]

    def copy(start: int) -> None:
        moved = [address + 4 * start for address in addresses]
        run(*moved, min(part, size - start))

    first, *others = range(0, size, part)

    def call() -> None:
        running = [_pool(threads).submit(copy, start) for start in others]
        copy(first)
        for each in running:
            each.result()

    return call


@cache
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads)


@cache
def _compiled(outputs: int) -> tuple[int, Any]:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    features = llvm.get_host_cpu_features().flatten()
    machine = llvm.Target.from_triple(llvm.get_process_triple()).create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=features, opt=2
    )
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(str(_module(outputs))), machine)
    engine.finalize_object()
    return engine.get_function_address("copy"), engine


def _module(outputs: int) -> ir.Module:
    """void copy(const float *x, float *out..., int64 n), n a multiple of STEP, above 0."""
    module = ir.Module()
    vector = ir.VectorType(ir.FloatType(), WIDTH).as_pointer()
    floats = ir.FloatType().as_pointer()
    kind = ir.FunctionType(ir.VoidType(), [floats] * (1 + outputs) + [INT64])
    function = ir.Function(module, kind, "copy")
    source, *goals, count = function.args
    entry, body, end = (function.append_basic_block(name) for name in ("entry", "body", "end"))
    ir.IRBuilder(entry).branch(body)
    b = ir.IRBuilder(body)
    start = b.phi(INT64)
    places = [b.add(start, INT64(k * WIDTH)) for k in range(STEP // WIDTH)]
    loaded = [b.load(b.bitcast(b.gep(source, [p]), vector), align=4) for p in places]
    mark = module.add_metadata([INT32(1)])
    for goal in goals:
        for place, value in zip(places, loaded, strict=True):
            stored = b.store(value, b.bitcast(b.gep(goal, [place]), vector), align=4 * WIDTH)
            stored.set_metadata("nontemporal", mark)
    following = b.add(start, INT64(STEP))
    start.add_incoming(INT64(0), entry)
    start.add_incoming(following, body)
    b.cbranch(b.icmp_signed("<", following, count), body, end)
    ir.IRBuilder(end).ret_void()
    return module
