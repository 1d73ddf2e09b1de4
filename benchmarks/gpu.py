"""Activations on a GPU: error, share of the speed of a copy, time beside torch.compile.

    python benchmarks/gpu.py            three functions, a minute
    python benchmarks/gpu.py --measure  twelve; writes docs/performance-gpu.md (at most 8 minutes)

Errors are in units of the dtype's epsilon, beside max(1, |f|), against kernels in float64. A copy
reads and writes one array; what our kernels move besides is counted. Times are Triton's do_bench.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from _shared import DOCS, parser, say_reduced

REDUCED = "three functions"
NAMES = ("relu", "silu", "mish", "gelu", "gelu_tanh", "elu", "softplus", "sigmoid", "tanh", "snake",
         "swiglu", "geglu")  # fmt: skip
FEW = ("relu", "mish", "swiglu")
KINDS = ("float32", "bfloat16")
SIZE = 1 << 26
SAMPLE = 1 << 20
SECONDS = 450  # no function begins later
PAGE = DOCS / "performance-gpu.md"
HEAD = "| | dtype | error f | error f' | copy f | copy f' | compiled f | compiled f' |"
TOLD = """\
Share of the speed of a copy (1: as fast as memory allows) of our kernels, forward and gradient;
time of torch.compile over ours (above 1: ours is faster).
"""


def given_to(name: str, kind: str, size: int) -> list:
    """The tensors that it takes, and a gradient; the same ones each time."""
    import torch

    import nonlin as nl

    torch.manual_seed(0)
    count = 2 if nl.get(name).kind == "gated" else 1
    dtype = getattr(torch, kind)
    return [2 * torch.randn(size, device="cuda").to(dtype) for _ in range(count + 1)]


def errors(name: str, kind: str) -> tuple[float, float]:
    """Of the value, and the worst of the gradients."""
    import numpy as np
    import torch

    import nonlin as nl
    import nonlin.torch as nt

    *inputs, grad = given_to(name, kind, SAMPLE)
    leaves = [each.clone().requires_grad_() for each in inputs]
    y = getattr(nt.functional, name)(*leaves)
    slopes = torch.autograd.grad(y, leaves, grad)
    wide = [each.double().cpu().numpy() for each in inputs]
    true = nl.get(name)(*wide)
    back = nl.get(name).backward(grad.double().cpu().numpy(), *wide)
    backs = back if isinstance(back, tuple) else (back,)

    def worst(found: torch.Tensor, expected: np.ndarray) -> float:
        off = np.abs(found.detach().double().cpu().numpy() - expected)
        return float((off / np.maximum(1, np.abs(expected))).max() / torch.finfo(found.dtype).eps)

    return worst(y, true), max(map(worst, slopes, backs))


def steps(run: Callable, inputs: list, grad: object) -> tuple[float, float]:
    """Milliseconds of the value, and of the gradients through autograd."""
    import torch
    from triton.testing import do_bench

    with torch.no_grad():
        forward = do_bench(lambda: run(*inputs))
    leaves = [each.detach().requires_grad_() for each in inputs]
    y = run(*leaves)
    return forward, do_bench(lambda: torch.autograd.grad(y, leaves, grad, retain_graph=True))


def row(name: str, kind: str) -> str:
    """One line of the table."""
    import torch
    from triton.testing import do_bench

    import nonlin.torch as nt

    run = getattr(nt.functional, name)
    *inputs, grad = given_to(name, kind, SIZE)
    copy = do_bench(lambda: grad.copy_(inputs[0]))
    ours = steps(run, inputs, grad)
    compiled = steps(torch.compile(run, fullgraph=True), inputs, grad)
    moved = len(inputs) + 1, 2 * len(inputs) + 1  # arrays: read and written, of 2 for a copy
    shares = [copy * arrays / 2 / took for arrays, took in zip(moved, ours, strict=True)]
    ratios = [theirs / own for theirs, own in zip(compiled, ours, strict=True)]
    figures = [f"{each:.1f}" for each in errors(name, kind)]
    figures += [f"{each:.2f}" for each in (*shares, *ratios)]
    return f"| {name} | {kind} | " + " | ".join(figures) + " |"


def table(names: tuple[str, ...]) -> Iterator[str]:
    """Its lines, as they are measured."""
    begin = time.monotonic()
    yield HEAD
    yield "|---|---|---|---|---|---|---|---|"
    for name in names:
        for kind in KINDS:
            if time.monotonic() - begin < SECONDS:
                yield row(name, kind)
            else:
                yield f"| {name} | {kind} | not measured: {SECONDS} s are over |"


def main() -> None:
    given = parser(__doc__, REDUCED).parse_args()
    import torch

    if not torch.cuda.is_available():
        print("PyTorch sees no GPU, so nothing was measured; `make triton` runs the same kernels"
              " in Triton's interpreter.")  # fmt: skip
        return
    say_reduced(given, REDUCED)
    lines = [f"# On {torch.cuda.get_device_name()}, PyTorch {torch.__version__}\n", TOLD]
    print(*lines, sep="\n")
    for line in table(NAMES if given.measure else FEW):
        print(line, flush=True)
        lines.append(line)
    if given.measure:
        PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
