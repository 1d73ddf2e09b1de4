"""How long `nt.inspect` takes to read models of full size; no weights are held.

Run: python benchmarks/torch_inspect.py            GPT-2, some seconds
     python benchmarks/torch_inspect.py --measure  all; writes docs/performance-torch-inspect.md

CPU time of the second reading: the first one in a process also imports PyTorch's compiler.
"""

from __future__ import annotations

import time
from typing import Any

import torch
import transformers
from _shared import DOCS, cpu, parser, say_reduced

import nonlin.torch as nt

REDUCED = "GPT-2 only"
PAGE = DOCS / "performance-torch-inspect.md"
SHAPES: dict[str, tuple[Any, Any, Any]] = {
    "GPT-2": (
        transformers.GPT2LMHeadModel,
        transformers.GPT2Config,
        lambda: torch.randint(0, 30, (1, 64)),
    ),
    "ViT-B": (
        transformers.ViTForImageClassification,
        transformers.ViTConfig,
        lambda: torch.randn(1, 3, 224, 224),
    ),
    "EfficientNet": (
        transformers.EfficientNetForImageClassification,
        transformers.EfficientNetConfig,
        lambda: torch.randn(1, 3, 224, 224),
    ),
}


def row(name: str) -> str:
    model_class, config, example = SHAPES[name]
    with torch.device("meta"):
        model = model_class(config())
    seconds, layers = [], 0
    for _ in range(2):
        begin = time.process_time()
        layers = len(nt.inspect(model, example()).layers)
        seconds.append(time.process_time() - begin)
    return f"| {name} | {layers} | {seconds[0]:.2f} | {seconds[1]:.2f} |"


def main() -> None:
    given = parser(__doc__, REDUCED).parse_args()
    say_reduced(given, REDUCED)
    names = list(SHAPES) if given.measure else ["GPT-2"]
    head = "| model | layers | first reading, s | second, s |\n|---|---|---|---|\n"
    table = head + "\n".join(map(row, names))
    print(table)
    if given.measure:
        title = "# Reading models of PyTorch\n\nWritten by `python benchmarks/torch_inspect.py"
        text = f"{title} --measure`: seconds of CPU time.\n\nMachine: {cpu()}.\n\n{table}\n"
        PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
