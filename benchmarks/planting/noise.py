"""Tables that tell nothing: the targets of the rows are permuted."""

from __future__ import annotations

from dataclasses import replace

from planting.setup import Setup

NOISE: dict[str, Setup] = {
    name: replace(given, shuffled=True)
    for name, given in {
        "digits": Setup(data="digits"),
        "digits, ten layers": Setup(data="digits", hidden=(48,) * 10, rate=1e-3),
        "wine, tanh": Setup(data="wine", hidden=(16,), activation="tanh"),
        "cancer": Setup(data="breast_cancer"),
        "diabetes": Setup(data="diabetes", hidden=(16,)),
        "waves": Setup(data="waves", hidden=(64, 64), rate=1e-3),
        "two targets": Setup(data="pair", activation="tanh"),
        "ring, sgd": Setup(data="ring", optimizer="sgd", rate=0.02),
        "xor, gelu": Setup(data="xor", activation="gelu", hidden=(48,)),
        "counts": Setup(data="counts"),
        "digits, sigmoid": Setup(data="digits", hidden=(64,), activation="sigmoid", rate=0.01),
        "product, high rate": Setup(data="product", activation="tanh", rate=0.05),
        "friedman, five layers": Setup(data="friedman", hidden=(32,) * 5, activation="silu"),
        "sectors, batches of 8": Setup(data="sectors", hidden=(32,), batch=8, rate=1e-3),
        "wide": Setup(data="wide", hidden=(64, 64), rate=1e-3),
        "many counts, tanh": Setup(data="many_counts", hidden=(16,), activation="tanh"),
        "spirals": Setup(data="spirals", rate=0.01),
        "line, linear": Setup(data="line", hidden=(), rate=0.01),
    }.items()
}
