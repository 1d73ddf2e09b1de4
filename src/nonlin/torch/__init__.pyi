from typing import Any

from nonlin.torch import functional as functional
from nonlin.torch.gains import calculate_gain as calculate_gain
from nonlin.torch.initialise import init_ as init_
from nonlin.torch.inspecting import inspect as inspect
from nonlin.torch.layer import Layer as Layer
from nonlin.torch.layer import get as get
from nonlin.torch.swapping import swap as swap

def __dir__() -> list[str]: ...
def __getattr__(name: str) -> type[Any]: ...  # a class for every entry of the catalogue
