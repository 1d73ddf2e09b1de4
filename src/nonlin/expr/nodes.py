"""The expression graph: frozen nodes, each distinct expression stored once (hash-consed)."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import partial
from numbers import Rational, Real
from typing import Any, TypeAlias, TypeVar
from weakref import WeakValueDictionary

from nonlin._errors import InputError

Operand: TypeAlias = "Expr | int | float | str | Fraction | Decimal"
Result = TypeVar("Result")

_EXACT = (str, Decimal, Rational)
COMPARISONS = ("greater", "less", "greater_equal", "less_equal")
MAX_BITS = 4096  # of a power of numbers that is worked out exactly; a longer one stays a power
_FLIPPED = dict(zip(COMPARISONS, ("less", "greater", "less_equal", "greater_equal"), strict=True))
# NumPy's functions that are primitives here
_UFUNCS: Mapping[str, str] = {
    name: name
    for name in (
        *("add", "subtract", "multiply", "divide", "power", *COMPARISONS),
        *("absolute", "sign", "maximum", "minimum", "sqrt", "exp", "expm1", "log", "log1p"),
        *("sin", "cos", "arctan", "tanh"),
    )
} | {"true_divide": "divide", "negative": "negate"}
_HOLDS: Mapping[str, Callable[[Fraction, Fraction], bool]] = {
    "greater": operator.gt,
    "less": operator.lt,
    "greater_equal": operator.ge,
    "less_equal": operator.le,
}


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Expr:
    """A node. Equal expressions are the same object, so identity is equality."""

    def __add__(self, other: Operand) -> Expr:
        return add(self, other)

    def __radd__(self, other: Operand) -> Expr:
        return add(other, self)

    def __sub__(self, other: Operand) -> Expr:
        return subtract(self, other)

    def __rsub__(self, other: Operand) -> Expr:
        return subtract(other, self)

    def __mul__(self, other: Operand) -> Expr:
        return multiply(self, other)

    def __rmul__(self, other: Operand) -> Expr:
        return multiply(other, self)

    def __truediv__(self, other: Operand) -> Expr:
        return divide(self, other)

    def __rtruediv__(self, other: Operand) -> Expr:
        return divide(other, self)

    def __neg__(self) -> Expr:
        return negate(self)

    def __pos__(self) -> Expr:
        return self

    def __pow__(self, exponent: Operand) -> Expr:
        return power(self, exponent)

    def __rpow__(self, base: Operand) -> Expr:
        return power(base, self)

    def __abs__(self) -> Expr:
        return absolute(self)

    def __gt__(self, other: Operand) -> Expr:
        return compare("greater", self, other)

    def __lt__(self, other: Operand) -> Expr:
        return compare("less", self, other)

    def __ge__(self, other: Operand) -> Expr:
        return compare("greater_equal", self, other)

    def __le__(self, other: Operand) -> Expr:
        return compare("less_equal", self, other)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Operand, **options: Any) -> Expr:
        """np.tanh(x) and its like, while a formula is traced."""
        primitive = _UFUNCS.get(ufunc.__name__)
        if primitive is None or method != "__call__" or options:
            raise TypeError(f"np.{ufunc.__name__} is not part of a formula")
        return build(primitive, *inputs)

    def __array_function__(self, function: Any, _: Any, operands: Any, options: Any) -> Expr:
        """np.where(x > 0, a, b) and np.clip(x, a, b), while a formula is traced."""
        if function.__name__ not in ("where", "clip") or options or len(operands) != 3:
            raise TypeError(f"np.{function.__name__} is not part of a formula")
        first, a, b = operands
        if function.__name__ == "where":
            return build("where", first, a, b)
        return build("minimum", build("maximum", first, a), b)

    def __bool__(self) -> bool:
        raise InputError("no_truth_value")


@dataclass(frozen=True, slots=True, eq=False)
class Constant(Expr):
    """An exact rational number: the decimal that the author wrote."""

    value: Fraction

    def __reduce__(self) -> tuple[Callable[..., Expr], tuple[Fraction]]:
        return constant, (self.value,)


@dataclass(frozen=True, slots=True, eq=False)
class Symbol(Expr):
    """The input `x` or a parameter."""

    name: str

    def __reduce__(self) -> tuple[Callable[..., Expr], tuple[str]]:
        return symbol, (self.name,)


@dataclass(frozen=True, slots=True, eq=False)
class Call(Expr):
    """A primitive (a name in the primitives table) applied to arguments."""

    primitive: str
    arguments: tuple[Expr, ...]

    def __reduce__(self) -> tuple[Callable[..., Expr], tuple[str | Expr, ...]]:
        return call, (self.primitive, *self.arguments)


_interned: WeakValueDictionary[object, Expr] = WeakValueDictionary()


def _intern(key: object, make: Callable[[], Expr]) -> Expr:
    node = _interned.get(key)
    return node if node is not None else _interned.setdefault(key, make())


def constant(value: int | float | str | Fraction | Decimal) -> Expr:
    """A number. A float means the decimal that it prints as: 0.1 is exactly one tenth."""
    if not isinstance(value, str | Decimal | Real):
        raise InputError("not_a_number", given=repr(value))
    try:
        exact = Fraction(value if isinstance(value, _EXACT) else repr(float(value)))
    except (ValueError, OverflowError):
        raise InputError("not_finite", given=value) from None
    return _intern(exact, lambda: Constant(exact))


def symbol(name: str) -> Expr:
    """The input or a parameter called `name`."""
    return _intern(("symbol", name), lambda: Symbol(name))


def call(primitive: str, *arguments: Expr) -> Expr:
    """Primitive applied to arguments, as it stands (no folding)."""
    return _intern((primitive, *arguments), lambda: Call(primitive, arguments))


def lift(operand: Operand) -> Expr:
    """The operand as a number-valued node; a comparison counts as 1 (true) or 0 (false)."""
    if not isinstance(operand, Expr):
        given: Any = operand
        return constant(given.item() if getattr(given, "shape", None) == () else given)
    if is_call(operand, *COMPARISONS):
        return where(operand, 1, 0)
    return operand


def value_of(node: Expr) -> Fraction | None:
    """The number, if the node is a constant."""
    return node.value if isinstance(node, Constant) else None


def as_float(value: Fraction) -> float:
    """The nearest double; infinite beyond the largest."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def is_call(node: Expr, *primitives: str) -> bool:
    """Is the node an application of one of these primitives?"""
    return isinstance(node, Call) and node.primitive in primitives


def arguments_of(node: Expr) -> tuple[Expr, ...]:
    """The arguments of a call; none for a constant or a symbol."""
    return node.arguments if isinstance(node, Call) else ()


def square_of(node: Expr) -> Expr | None:
    """The a of a**2, or None."""
    if is_call(node, "power") and value_of(arguments_of(node)[1]) == 2:
        return arguments_of(node)[0]
    return None


# Building with the identities that hold for every number: x + 0, 1 * x, -(-x), ...


def add(a: Operand, b: Operand) -> Expr:
    """a + b"""
    a, b = lift(a), lift(b)
    match value_of(a), value_of(b):
        case Fraction() as m, Fraction() as n:
            return constant(m + n)
        case Fraction() as m, _ if m == 0:
            return b
        case _, Fraction() as n if n == 0:
            return a
    if is_call(b, "negate"):
        return subtract(a, arguments_of(b)[0])
    return call("add", a, b)


def subtract(a: Operand, b: Operand) -> Expr:
    """a - b"""
    a, b = lift(a), lift(b)
    match value_of(a), value_of(b):
        case Fraction() as m, Fraction() as n:
            return constant(m - n)
        case Fraction() as m, _ if m == 0:
            return negate(b)
        case _, Fraction() as n if n == 0:
            return a
    if is_call(b, "negate"):
        return add(a, arguments_of(b)[0])
    return call("subtract", a, b)


def multiply(a: Operand, b: Operand) -> Expr:
    """a * b"""
    a, b = lift(a), lift(b)
    m, n = value_of(a), value_of(b)
    if m is not None and n is not None:
        return constant(m * n)
    for number, other in ((m, b), (n, a)):
        if number == 0:
            return constant(0)
        if number == 1:
            return other
        if number == -1:
            return negate(other)
    return call("multiply", a, b)


def divide(a: Operand, b: Operand) -> Expr:
    """a / b"""
    a, b = lift(a), lift(b)
    m, n = value_of(a), value_of(b)
    if n == 0:
        raise InputError("division_by_zero")
    if m is not None and n is not None:
        return constant(m / n)
    if m == 0 or n == 1:
        return a
    return call("divide", a, b)


def negate(a: Operand) -> Expr:
    """-a"""
    a = lift(a)
    number = value_of(a)
    if number is not None:
        return constant(-number)
    if is_call(a, "negate"):
        return arguments_of(a)[0]
    if is_call(a, "multiply") and (factor := value_of(arguments_of(a)[0])) is not None:
        return multiply(-factor, arguments_of(a)[1])
    return call("negate", a)


def power(a: Operand, exponent: Operand) -> Expr:
    """a ** exponent; a number to a varying exponent is an exponential: 2**x = exp(x log 2)."""
    a, exponent = lift(a), lift(exponent)
    n = value_of(exponent)
    if n == 0:
        return constant(1)
    if n == 1:
        return a
    base = value_of(a)
    if base is not None and n is not None and foldable(base, n):
        return constant(base**n.numerator)
    if base is not None and base > 0 and n is None:
        return call("exp", multiply(exponent, call("log", a)))
    return call("power", a, exponent)


def foldable(base: Fraction, exponent: Fraction) -> bool:
    """Is base ** exponent a rational number, and one of reasonable length?"""
    if exponent.denominator != 1 or (base == 0 and exponent < 0):
        return False
    length = max(base.numerator.bit_length(), base.denominator.bit_length())
    return length == 1 or length * abs(exponent) <= MAX_BITS


def compare(primitive: str, a: Operand, b: Operand) -> Expr:
    """A condition, for use in `where`."""
    a, b = lift(a), lift(b)
    if is_call(a, "negate") and value_of(b) == 0:
        return call(_FLIPPED[primitive], arguments_of(a)[0], b)
    return call(primitive, a, b)


def where(condition: Expr, a: Operand, b: Operand) -> Expr:
    """a where the condition holds, else b."""
    if not (isinstance(condition, Call) and condition.primitive in COMPARISONS):
        raise InputError("not_a_condition")
    a, b = lift(a), lift(b)
    left, right = (value_of(argument) for argument in condition.arguments)
    if left is not None and right is not None:
        return a if _HOLDS[condition.primitive](left, right) else b
    return a if a is b else call("where", condition, a, b)


def absolute(a: Operand) -> Expr:
    """|a|"""
    a = lift(a)
    number = value_of(a)
    if number is not None:
        return constant(abs(number))
    return call("absolute", arguments_of(a)[0] if is_call(a, "negate") else a)


_FOLDING: Mapping[str, Callable[..., Expr]] = {
    "add": add,
    "subtract": subtract,
    "multiply": multiply,
    "divide": divide,
    "negate": negate,
    "power": power,
    "where": where,
    "absolute": absolute,
    **{name: partial(compare, name) for name in COMPARISONS},
}


def build(primitive: str, *arguments: Operand) -> Expr:
    """Primitive applied to arguments, with the identities above."""
    if primitive in _FOLDING:
        return _FOLDING[primitive](*arguments)
    return call(primitive, *map(lift, arguments))
