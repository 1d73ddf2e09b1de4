"""Fully connected networks: build, initialise, follow a forward pass, train (floor F5)."""

from nonlin.init.initialisation import Initialisation
from nonlin.network.codes import Memory
from nonlin.network.loss import LOSSES, Loss, pinball
from nonlin.network.network import Network
from nonlin.network.settings import Job, Record, Settings
from nonlin.network.trace import LayerTrace, Trace
from nonlin.network.train import Gradient, gradient, train, train_many

__all__ = [
    "LOSSES",
    "Gradient",
    "Initialisation",
    "Job",
    "LayerTrace",
    "Loss",
    "Memory",
    "Network",
    "Record",
    "Settings",
    "Trace",
    "gradient",
    "pinball",
    "train",
    "train_many",
]
