"""PyTorch on one thread, the same numbers in each test, and the models of models.py."""

import importlib.util
from pathlib import Path

import pytest
import torch


@pytest.fixture(autouse=True)
def _same_numbers():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def models():
    """The module models.py beside this file."""
    place = Path(__file__).with_name("models.py")
    spec = importlib.util.spec_from_file_location("torch_models", place)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
