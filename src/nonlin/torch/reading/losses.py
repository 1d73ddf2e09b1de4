"""The output of a model against its loss: what the loss does itself, and what it cannot take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nonlin._errors import InputError, nearest
from nonlin._text import Text, text

BOUNDED = ("sigmoid", "tanh", "softmax", "hard_sigmoid", "hard_tanh", "softsign", "relu6")
ONE_SIDED = ("relu", "softplus", "gelu", "silu", "elu", "leaky_relu", "mish", "hard_swish")
REGRESSION = ("MSELoss", "L1Loss", "SmoothL1Loss", "HuberLoss", "GaussianNLLLoss")

# what the loss does first, by itself; what it must get
OWN = {
    "CrossEntropyLoss": "softmax",
    "BCEWithLogitsLoss": "sigmoid",
    "MultiLabelSoftMarginLoss": "sigmoid",
    "SoftMarginLoss": "sigmoid",
}
NEEDED = {
    "NLLLoss": ("log_softmax", "log_sigmoid"),
    "BCELoss": ("sigmoid", "hard_sigmoid", "softmax"),
    "KLDivLoss": ("log_softmax", "log_sigmoid"),
}
FUNCTIONS = {  # of torch.nn.functional
    "cross_entropy": "CrossEntropyLoss",
    "nll_loss": "NLLLoss",
    "mse_loss": "MSELoss",
    "l1_loss": "L1Loss",
    "smooth_l1_loss": "SmoothL1Loss",
    "huber_loss": "HuberLoss",
    "binary_cross_entropy": "BCELoss",
    "binary_cross_entropy_with_logits": "BCEWithLogitsLoss",
    "kl_div": "KLDivLoss",
    "poisson_nll_loss": "PoissonNLLLoss",
    "gaussian_nll_loss": "GaussianNLLLoss",
    "multilabel_soft_margin_loss": "MultiLabelSoftMarginLoss",
    "soft_margin_loss": "SoftMarginLoss",
}
KNOWN = (*REGRESSION, *OWN, *NEEDED, "PoissonNLLLoss")


def the_loss(given: Any) -> str:
    """The class of PyTorch's loss: of a module, a function or a name. InputError for a name that
    is none; "" for a loss of your own, of which nothing is known.
    """
    if isinstance(given, str):
        name = FUNCTIONS.get(given.rpartition(".")[2], given.rpartition(".")[2])
        if name not in KNOWN:
            hint = nearest(given, (*KNOWN, *FUNCTIONS))
            raise InputError("torch_unknown_loss", given=given, hint=hint)
        return name
    if isinstance(given, type):
        return given.__name__ if given.__name__ in KNOWN else ""
    if not callable(given):
        raise InputError("torch_bad_loss", given=type(given).__name__)
    name = getattr(given, "__name__", type(given).__name__)
    name = FUNCTIONS.get(name, name)
    if name == "PoissonNLLLoss" and not getattr(given, "log_input", True):
        return ""
    return name if name in KNOWN else ""


def remarks(outputs: Sequence[str], loss: str) -> tuple[Text, ...]:
    """What does not fit between the end of the model and its loss; one remark if all is well."""
    if not loss or not outputs:
        return (text("torch_inspect.loss.unknown"),)
    return (_remark(outputs[0], loss),)


def _remark(last: str, loss: str) -> Text:
    known = {"loss": loss, "activation": last}
    if loss in OWN:
        return _with_own(last, loss, known)
    if loss in NEEDED:
        fits = last in NEEDED[loss]
        known["needed"] = NEEDED[loss][0]
        return text(f"torch_inspect.loss.{'fits' if fits else 'needs'}", **known)
    if last in BOUNDED:
        return text("torch_inspect.loss.bounded", **known)
    if last in ONE_SIDED:
        return text("torch_inspect.loss.one_sided", **known)
    if loss == "PoissonNLLLoss" and last in ("exponential", "softplus"):
        return text("torch_inspect.loss.logarithm", **known)
    return text("torch_inspect.loss.fits", **known)


def _with_own(last: str, loss: str, known: dict[str, str]) -> Text:
    """The loss does its own last step, and wants what comes before it."""
    known["own"] = OWN[loss]
    if last == OWN[loss]:
        return text("torch_inspect.loss.twice", **known)
    if (last, loss) == ("log_softmax", "CrossEntropyLoss"):
        return text("torch_inspect.loss.harmless", **known)
    if last in BOUNDED or last in ONE_SIDED:
        return text("torch_inspect.loss.limits", **known)
    return text("torch_inspect.loss.fits", **known)
