"""Activations on tensors beside PyTorch's own: time, memory for the gradient, compiled chains.

    python benchmarks/torch_ops.py            a minute: three functions of each table
    python benchmarks/torch_ops.py --measure  everything, as docs/performance-torch.md says

One thread, CPU time of the thread, the two interleaved, the best of the rounds. The thresholds of
the C library's allocator are raised in a process of its own: otherwise large results are mapped
and unmapped at each call, which takes longer than the functions do.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from _shared import DOCS, cpu, parser, say_reduced

REDUCED = "three functions of each table, fewer rounds"
RAISED = {"MALLOC_MMAP_THRESHOLD_": str(1 << 30), "MALLOC_TRIM_THRESHOLD_": str(1 << 31)}
NAMES = ("relu", "silu", "mish", "gelu", "elu", "softplus", "leaky_relu", "selu", "sigmoid", "tanh",
         "hard_swish", "softsign")  # fmt: skip
FEW = ("relu", "silu", "mish")
CHAIN = ("relu", "silu", "mish", "gelu", "elu", "softplus")
CAUSES = Path(__file__).with_name("torch_causes.md")  # of what is missed, by hand
ABOUT = """\
Written by `benchmarks/torch_ops.py`. "In Python, nothing" is a `torch.autograd.Function` that
leaves its results empty: what nonlin's way into autograd costs; PyTorch's own functions are C++.
"""
SIZES = {"4K": 1 << 12, "1M": 1 << 20}
KEPT = ("softplus", "leaky_relu", "softsign")


def best(runs: list[Callable[[], object]], rounds: int, times: int) -> list[float]:
    """Seconds of one call each, interleaved."""
    found = [math.inf] * len(runs)
    for run in runs:
        run()
    for _ in range(rounds):
        for place, run in enumerate(runs):
            begin = time.thread_time()
            for _ in range(times):
                run()
            found[place] = min(found[place], (time.thread_time() - begin) / times)
    return found


def steps(name: str, size: int, kind: str) -> list[Callable[[], object]]:
    """Forward and backward through autograd: ours, PyTorch's own, a function that does nothing."""
    import torch

    import nonlin.torch as nt

    x = torch.randn(size).to(getattr(torch, kind)).requires_grad_()
    grad = torch.randn(size).to(x.dtype)
    runs = (getattr(nt.functional, name), nt.get(name, native=True), nothing())
    return [lambda run=run: torch.autograd.grad(run(x), x, grad) for run in runs]


@cache
def nothing() -> Callable:
    """What a function in Python costs in autograd: room for its results, and no numbers in it."""
    import torch

    class Nothing(torch.autograd.Function):
        @staticmethod
        def forward(ctx: object, x: torch.Tensor) -> torch.Tensor:
            return torch.empty_like(x)

        @staticmethod
        def backward(ctx: object, grad: torch.Tensor) -> torch.Tensor:
            return torch.empty_like(grad)

    return Nothing.apply


def times_of_calls(names: tuple[str, ...], rounds: int) -> Iterator[str]:
    """Forward + backward, microseconds, by size and dtype."""
    for kind in ("float32", "bfloat16"):
        for label, size in SIZES.items():
            yield f"\n### Forward and backward, {label} {kind}, microseconds\n"
            yield "| function | nonlin | torch | in Python, nothing | torch / nonlin |"
            yield "|---|---|---|---|---|"
            ratios = []
            for name in names:
                times = 200 if size < 1 << 16 else 2
                found = best(steps(name, size, kind), rounds, times)
                ratios.append(found[1] / found[0])
                cells = " | ".join(f"{each * 1e6:.1f}" for each in found)
                yield f"| {name} | {cells} | {ratios[-1]:.2f} |"
            mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
            yield f"| geometric mean | | | | {mean:.2f} |"


def times_of_chains(names: tuple[str, ...], rounds: int) -> Iterator[str]:
    """affine, f, affine under torch.compile, 1M, forward + backward, milliseconds."""
    import torch

    import nonlin.torch as nt

    yield "\n### In a chain under torch.compile, 1M float32, forward and backward, milliseconds\n"
    yield "| function | nonlin | torch | nonlin / torch |\n|---|---|---|---|"
    x, grad = torch.randn(1 << 20, requires_grad=True), torch.randn(1 << 20)

    def chain(run: Callable) -> Callable[[], object]:
        compiled = torch.compile(lambda x: run(x * 1.5 + 0.25) * 0.5 - 1.0)
        return lambda: torch.autograd.grad(compiled(x), x, grad)

    for name in names:
        torch.compiler.reset()  # one frame is compiled eight times at most
        runs = [chain(getattr(nt.functional, name)), chain(nt.get(name, native=True))]
        ours, theirs = best(runs, rounds, 2)
        yield f"| {name} | {ours * 1e3:.2f} | {theirs * 1e3:.2f} | {ours / theirs:.2f} |"


def kept_for_the_gradient(names: tuple[str, ...]) -> Iterator[str]:
    """An MLP of 8 layers of 512 units on 1,536 rows, MiB of what is kept besides weights."""
    import torch

    import nonlin.torch as nt

    yield "\n### Kept for the gradient by an MLP of 8 hidden layers, MiB\n"
    yield "| function | nonlin | torch |\n|---|---|---|"
    for name in names:
        sizes = []
        for native in (False, True):
            layers = []
            for _ in range(8):
                layers += [torch.nn.Linear(512, 512), nt.get(name, native=native)]
            sizes.append(_kept(torch.nn.Sequential(*layers), torch.randn(1536, 512)))
        yield f"| {name} | {sizes[0]:.0f} | {sizes[1]:.0f} |"


def _kept(model: object, x: object) -> float:
    import torch

    weights = {each.untyped_storage().data_ptr() for each in model.parameters()}
    seen = {}

    def pack(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in weights:
            seen[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        kept = model(x)
    del kept
    return sum(seen.values()) / 2**20


def lines(measure: bool) -> Iterator[str]:
    """The tables."""
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(0)
    yield f"torch {torch.__version__}, {cpu()}"
    names, rounds = (NAMES, 15) if measure else (FEW, 5)
    yield from times_of_calls(names, rounds)
    yield from kept_for_the_gradient(KEPT)
    yield from times_of_chains(CHAIN if measure else FEW[:2], rounds)


def main() -> None:
    """Print the tables; with --measure write the page."""
    given = parser(__doc__, REDUCED).parse_args()
    if any(os.environ.get(name) != value for name, value in RAISED.items()):
        again = [sys.executable, *sys.argv]
        sys.exit(subprocess.run(again, env={**os.environ, **RAISED}, check=False).returncode)  # noqa: S603
    say_reduced(given, REDUCED)
    told = ["# How fast activations on tensors are\n", ABOUT]
    for line in lines(given.measure):
        print(line, flush=True)
        told.append(line)
    if given.measure:
        page = "\n".join(told) + "\n" + CAUSES.read_text(encoding="utf-8")
        (DOCS / "performance-torch.md").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
