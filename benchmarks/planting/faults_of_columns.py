"""Inputs and targets in units that do not suit the network."""

import numpy as np

from planting.changes import beside, one_column, scaled
from planting.fault import Faults
from planting.setup import Setup, natural, raw, standard

inputs, targets = Faults("inputs", "inputs"), Faults("targets", "targets")

FAULTS = (
    inputs("digits, thousandths", Setup(data="digits", rate=1e-3, epochs=20), inputs=scaled(1e-3)),
    inputs(
        "wine as it is",
        Setup(data="wine", hidden=(16, 16), activation="tanh", rate=0.01),
        inputs=raw,
    ),
    inputs(
        "cancer as it is, sgd", Setup(data="breast_cancer", optimizer="sgd", rate=0.02), inputs=raw
    ),
    inputs("offset of 100", Setup(data="waves", rate=1e-3), inputs=scaled(1, offset=100)),
    inputs(
        "one column 1000 times", Setup(data="waves", activation="tanh"), inputs=one_column(3, 1000)
    ),
    inputs("two columns a thousandth", Setup(data="waves"), inputs=scaled(1e-3, 1e-3, 1, 1, 1, 1)),
    inputs(
        "a column of row numbers",
        Setup(data="sectors", rate=1e-3),
        inputs=beside(lambda _, rows: 1e4 + 37.0 * np.arange(rows)),
    ),
    inputs(
        "a column that lies far out",
        Setup(data="xor", rate=1e-3),
        cause="outliers",
        inputs=beside(lambda random, rows: 300 * random.standard_cauchy(rows)),
    ),
    inputs(
        "diabetes in hundredths",
        Setup(data="line", hidden=(16,), rate=1e-3, epochs=20),
        inputs=scaled(0.01),
    ),
    inputs(
        "tanh on hundreds",
        Setup(data="ring", hidden=(48, 48), activation="tanh"),
        inputs=scaled(200),
    ),
    inputs(
        "a year",
        Setup(data="product", hidden=(32, 32, 32), rate=1e-3),
        inputs=one_column(0, 5, 2000),
    ),
    inputs("counts from tens", Setup(data="counts", rate=1e-3), inputs=scaled(50)),
    inputs(
        "one telling column small",
        Setup(data="waves", hidden=(48,)),
        inputs=scaled(1e-4, 1, 1, 1, 1, 1),
    ),
    targets("y = .3 + .01 waves", Setup(data="waves"), targets=scaled(0.01, offset=0.3)),
    targets("in thousands", Setup(data="waves", activation="tanh"), targets=scaled(3000)),
    targets(
        "offset of 300",
        Setup(data="product", hidden=(32,), rate=1e-3),
        targets=scaled(1, offset=300),
    ),
    targets("one of two 1000 times", Setup(data="pair"), targets=scaled(1, 1000)),
    targets(
        "one of two a thousandth", Setup(data="pair", activation="silu"), targets=scaled(1, 1e-3)
    ),
    targets("ten thousandths", Setup(data="friedman", hidden=(32, 32, 32)), targets=scaled(1e-4)),
    targets(
        "diabetes as it is",
        Setup(data="diabetes", hidden=(32, 32), rate=1e-3, epochs=30),
        targets=natural,
    ),
    targets(
        "friedman as it is, sgd",
        Setup(data="friedman", optimizer="sgd", rate=0.02),
        targets=lambda y: 10 * y,
    ),
    targets(
        "line from 1000",
        Setup(data="line", hidden=(16, 16), activation="tanh"),
        targets=scaled(5, offset=1000),
    ),
    targets(
        "one of two from 500",
        Setup(data="pair", activation="gelu"),
        targets=lambda y: standard(y) + np.array([0, 500]),
    ),
    targets(
        "a hundred times, sgd", Setup(data="waves", optimizer="sgd", rate=0.02), targets=scaled(100)
    ),
    targets(
        "product in millionths", Setup(data="product", activation="silu"), targets=scaled(1e-6)
    ),
    inputs(
        "wine as it is, sgd",
        Setup(data="wine", hidden=(24,), optimizer="sgd", rate=0.02),
        inputs=raw,
    ),
    inputs(
        "one pixel 10000 times",
        Setup(data="digits", hidden=(48, 48), rate=1e-3),
        inputs=one_column(20, 1e4),
    ),
    inputs(
        "xor from 30", Setup(data="xor", hidden=(32, 32), rate=1e-3), inputs=scaled(1, offset=30)
    ),
    inputs(
        "spirals, hundredths",
        Setup(data="spirals", hidden=(32, 32), rate=0.01, epochs=60),
        inputs=scaled(0.01),
    ),
    inputs(
        "two of six thousands",
        Setup(data="ring", hidden=(48, 48), activation="gelu", rate=1e-3),
        inputs=scaled(1, 3000, 1, 1, 1, 2000),
    ),
    targets(
        "from 20, low rate",
        Setup(data="waves", hidden=(16,), rate=1e-3, epochs=30),
        targets=scaled(1, offset=20),
    ),
    targets(
        "one of two 60 times", Setup(data="pair", hidden=(24,), rate=3e-3), targets=scaled(1, 60)
    ),
    targets(
        "fiftieths from 1",
        Setup(data="product", activation="tanh", optimizer="sgd", rate=0.02),
        targets=scaled(0.02, offset=1),
    ),
    targets("hundreds, low rate", Setup(data="line", hidden=(8,), rate=1e-3), targets=scaled(100)),
    inputs("a thirtieth", Setup(data="product", hidden=(32,), rate=1e-3), inputs=scaled(0.03)),
    inputs(
        "twenties, tanh", Setup(data="waves", hidden=(48,), activation="tanh"), inputs=scaled(20)
    ),
    inputs(
        "from 8, sgd",
        Setup(data="ring", activation="tanh", optimizer="sgd", rate=0.02),
        inputs=scaled(1, offset=8),
    ),
    inputs(
        "one telling column a thirtieth",
        Setup(data="xor", hidden=(32, 32), rate=1e-3),
        inputs=one_column(0, 0.03),
    ),
    inputs(
        "each column its own unit",
        Setup(data="friedman", hidden=(32, 32)),
        inputs=scaled(1e-2, 1e2, 1, 1e3, 1e-3),
    ),
)
