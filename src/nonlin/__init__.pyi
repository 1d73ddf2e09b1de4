from collections.abc import Callable, Sequence
from typing import Any

from nonlin._errors import NonlinError as NonlinError
from nonlin._text import set_language as set_language
from nonlin.activation import Activation as Activation
from nonlin.catalogue import get as get
from nonlin.catalogue import names as names
from nonlin.catalogue.equivalents import equivalents as equivalents
from nonlin.choose import Result
from nonlin.figures import compare as compare
from nonlin.figures import plot as plot
from nonlin.network import Network as Network

__version__: str

def activation(
    name: str, formula: str | Callable[..., Any], /, **parameters: float
) -> Activation: ...
def choose(
    X: Any,
    y: Any,
    *,
    hidden: Sequence[int] = ...,
    seed: int = ...,
    quick: bool = ...,
    activations: Sequence[str | Activation] | None = ...,
    rates: Sequence[float] | None = ...,
    seeds: int | None = ...,
    task: str | None = ...,
    threads: int | None = ...,
    on_progress: Callable[[int, int, str], None] | None = ...,
) -> Result: ...

arctan: Activation
binary_step: Activation
celu: Activation
elu: Activation
erf: Activation
gaussian: Activation
gelu: Activation
gelu_tanh: Activation
hard_sigmoid: Activation
hard_swish: Activation
hard_tanh: Activation
hardshrink: Activation
identity: Activation
leaky_relu: Activation
log_sigmoid: Activation
log_softmax: Activation
mish: Activation
prelu: Activation
quick_gelu: Activation
relu: Activation
relu6: Activation
relu_squared: Activation
selu: Activation
sigmoid: Activation
silu: Activation
sine: Activation
snake: Activation
softmax: Activation
softplus: Activation
softshrink: Activation
softsign: Activation
squareplus: Activation
tanh: Activation
tanhshrink: Activation
