from collections.abc import Callable, Sequence
from os import PathLike
from typing import Any

from nonlin._errors import NonlinError as NonlinError
from nonlin._text import set_language as set_language
from nonlin.activation import Activation as Activation
from nonlin.catalogue import get as get
from nonlin.catalogue import names as names
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
    full: bool = ...,
    activations: Sequence[str | Activation] | None = ...,
    rates: Sequence[float] | None = ...,
    seeds: int | None = ...,
    task: str | None = ...,
    budget: str | float | None = ...,
    threads: int | None = ...,
    journal: str | PathLike[str] | None = ...,
    resume: bool = ...,
    on_progress: Callable[[int, int, str], None] | None = ...,
) -> Result: ...
def export(name: str | Activation, /, to: str, **parameters: Any) -> str | bytes: ...

arctan: Activation
bilinear: Activation
binary_step: Activation
celu: Activation
clamped_swiglu: Activation
crelu: Activation
elu: Activation
entmax15: Activation
erf: Activation
gaussian: Activation
geglu: Activation
gelu: Activation
gelu_tanh: Activation
glu: Activation
gtu: Activation
gumbel_softmax: Activation
hard_sigmoid: Activation
hard_swish: Activation
hard_tanh: Activation
hardmax: Activation
hardshrink: Activation
identity: Activation
leaky_relu: Activation
log_sigmoid: Activation
log_softmax: Activation
maxout: Activation
mish: Activation
prelu: Activation
probact: Activation
quick_gelu: Activation
reglu: Activation
relu: Activation
relu6: Activation
relu_squared: Activation
rrelu: Activation
selu: Activation
sigmoid: Activation
silu: Activation
sine: Activation
snake: Activation
softmax: Activation
softmin: Activation
softplus: Activation
softshrink: Activation
softsign: Activation
sparsemax: Activation
squareplus: Activation
swiglu: Activation
tanh: Activation
tanhshrink: Activation
tempered_softmax: Activation
