from typing import Any

from nonlin.torch import functional as functional
from nonlin.torch.gains import calculate_gain as calculate_gain
from nonlin.torch.initialise import init_ as init_
from nonlin.torch.inspecting import inspect as inspect
from nonlin.torch.layer import Layer as Layer
from nonlin.torch.layer import get as get
from nonlin.torch.lightning import lightning_callback as lightning_callback
from nonlin.torch.swapping import swap as swap
from nonlin.torch.training_badly import diagnose as diagnose
from nonlin.torch.training_badly import stability as stability
from nonlin.torch.watching import watch as watch
from nonlin.torch.which_activation import choose as choose

def __dir__() -> list[str]: ...
def __getattr__(name: str) -> type[Any]: ...  # a class for every entry of the catalogue
