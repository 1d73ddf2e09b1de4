"""Ten formulas that are in no catalogue, as users write them.

Chosen without looking at how kernels are made: tests/contract/test_odd_formulas.py asks how right
they are, benchmarks/kernels.py how fast.
"""

FORMULAS = {
    "narrow_ricker": "(1 - 3 * x**2) * exp(-1.5 * x**2)",  # zeros that are no numbers
    "packet": "cos(5 * x) * exp(-x**2 / 2)",  # a zero every 0.63, and a tail
    "two_gates": "x * sigmoid(x) + 0.3 * tanh(2 * x)",  # to the left it tends to -0.3
    "raised": "1000 + x * sigmoid(20 * x)",  # stiff, and the slope is small beside the value
    "faint": "1e-20 * tanh(50 * x)",  # stiff, and tiny
    "bump": "(x - 1.3) * exp(-x**4)",  # the zero lies where the tail falls
    "hinge": "where(x > 0.7, x - 0.7, 0.3 * expm1(x - 0.7)) + 0.05 * abs(x)",  # kinks: 0 and 0.7
    "slow": "x / (1 + abs(x))**2",  # a tail that never ends
    "ripple": "log1p(x * x) * cos(x)",  # grows and has no limit
    "steep": "0.1 * x * (exp(abs(x)) - 3)",  # overflows, with a zero on either side of 0
}
