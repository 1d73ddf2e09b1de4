"""Learning rates that are too high, and too low, for what they train."""

from typing import Any

from planting.fault import Faults
from planting.setup import Setup

high, low = Faults("rate too high", "rate_high"), Faults("rate too low", "rate_low")
sgd: dict[str, Any] = {"optimizer": "sgd"}

FAULTS = (
    high("ten relu layers at .03", Setup(data="digits", hidden=(64,) * 10, rate=1e-3), rate=0.03),
    high("digits at .3", Setup(data="digits", hidden=(64, 64), rate=1e-3), rate=0.3),
    high("tanh at .3", Setup(data="waves", activation="tanh"), rate=0.3),
    high("sgd at 5", Setup(data="wine", hidden=(16,), **sgd, momentum=0.0, rate=0.05), rate=5.0),
    high("silu at .5", Setup(data="product", hidden=(32, 32, 32), activation="silu"), rate=0.5),
    high("counts at .5", Setup(data="counts"), rate=0.5),
    high("sgd with momentum at 1", Setup(data="xor", activation="gelu", **sgd, rate=0.05), rate=1),
    high(
        "four tanh layers at .3",
        Setup(data="sectors", hidden=(32,) * 4, activation="tanh", rate=2e-3),
        rate=0.3,
    ),
    high("two targets at .3", Setup(data="pair", activation="elu"), rate=0.3),
    high("sigmoid at 1", Setup(data="digits", hidden=(64, 64), activation="sigmoid"), rate=1.0),
    high("spirals at 3", Setup(data="spirals", activation="tanh", rate=0.01, epochs=80), rate=3),
    high(
        "six gelu layers at .08",
        Setup(data="digits", hidden=(48,) * 6, activation="gelu", rate=1e-3, epochs=20),
        rate=0.08,
    ),
    high("friedman, sgd at .5", Setup(data="friedman", **sgd, rate=0.01, momentum=0.0), rate=0.5),
    low("digits at 1e-6", Setup(data="digits"), rate=1e-6),
    low("digits at 2e-5", Setup(data="digits", hidden=(64, 64), rate=1e-3, epochs=20), rate=2e-5),
    low("waves at 3e-5", Setup(data="waves", activation="tanh"), rate=3e-5),
    low("sgd at 1e-5", Setup(data="ring", **sgd, rate=0.05), rate=1e-5),
    low("counts at 1e-5", Setup(data="counts", activation="silu"), rate=1e-5),
    low("xor, sgd at 3e-4", Setup(data="xor", **sgd, rate=0.1, momentum=0.9), rate=3e-4),
    low(
        "cancer at 3e-6",
        Setup(data="breast_cancer", hidden=(32,) * 3, activation="tanh"),
        rate=3e-6,
    ),
    low("spirals at 2e-4", Setup(data="spirals", rate=0.01, epochs=60), rate=2e-4),
    low("two targets at 5e-5", Setup(data="pair", activation="gelu"), rate=5e-5),
    low("sigmoid at 3e-4", Setup(data="sectors", activation="sigmoid", rate=0.02), rate=3e-4),
    low(
        "five layers, sgd at 1e-4",
        Setup(data="friedman", hidden=(32,) * 5, **sgd, rate=0.01, epochs=30),
        rate=1e-4,
    ),
    low("many counts at 1e-4", Setup(data="many_counts", hidden=(64,), rate=0.01), rate=1e-4),
    high(
        "six gelu layers at .06",
        Setup(data="digits", hidden=(48,) * 6, activation="gelu", rate=1e-3),
        rate=0.06,
    ),
    high(
        "eight elu layers, sgd at .2",
        Setup(data="sectors", hidden=(32,) * 8, activation="elu", **sgd, rate=0.01),
        rate=0.2,
    ),
    high(
        "friedman at 1",
        Setup(data="friedman", hidden=(32, 32), activation="gelu", rate=0.01),
        rate=1.0,
    ),
    high(
        "batches of 4 at .05",
        Setup(data="digits", hidden=(48, 48), batch=4, rate=1e-3, epochs=10),
        rate=0.05,
    ),
    high(
        "sgd at .1, momentum .99",
        Setup(data="product", **sgd, momentum=0.99, rate=1e-3, epochs=60),
        rate=0.1,
    ),
    low(
        "plain sgd at .001",
        Setup(data="digits", hidden=(64, 64), **sgd, momentum=0.0, rate=0.1),
        rate=1e-3,
    ),
    low(
        "two targets at 2e-4", Setup(data="pair", hidden=(32,) * 3, epochs=20, rate=5e-3), rate=2e-4
    ),
    low(
        "friedman at 1e-4",
        Setup(data="friedman", activation="tanh", rate=0.01, epochs=60),
        rate=1e-4,
    ),
    low("wide at 2e-5", Setup(data="wide", hidden=(64,), rate=1e-3, epochs=15), rate=2e-5),
    high("tanh, sgd at .5", Setup(data="waves", activation="tanh", **sgd, rate=0.02), rate=0.5),
    low(
        "xor at 3e-4, tanh",
        Setup(data="xor", hidden=(32,), activation="tanh", rate=0.02),
        rate=3e-4,
    ),
    low(
        "product, tanh, sgd at 2e-4",
        Setup(data="product", activation="tanh", **sgd, rate=0.05),
        rate=2e-4,
    ),
)
