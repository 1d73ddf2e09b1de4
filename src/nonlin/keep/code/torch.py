"""The script for PyTorch."""

_SIGMOID = "F.binary_cross_entropy_with_logits(logits, y)"
LOSSES = {
    "regression": "F.mse_loss(logits, y)",
    "robust": "F.huber_loss(logits, y, delta=${KNEE})",
    "positive": "F.poisson_nll_loss(F.softplus(logits), y, log_input=False)",
    "counts": "F.poisson_nll_loss(logits, y)",
    "proportion": _SIGMOID,
    "quantiles": """torch.maximum(LEVELS * (y - logits), (LEVELS - 1) * (y - logits)).mean()""",
    "binary": _SIGMOID,
    "multiclass": "F.cross_entropy(logits, y[:, 0].long())",
    "multilabel": _SIGMOID,
    "ordinal": """(
        F.binary_cross_entropy_with_logits(
            logits, (y > STEPS).float(), (y >= STEPS).float(), reduction="sum"
        )
        / len(y)
    )""",
}
NUMBERS = {"LEVELS": "torch.tensor({0})", "STEPS": "torch.arange({0})"}
_R2 = "1 - ((logits - y) ** 2).sum() / ((y - y.mean()) ** 2).sum()"
SCORES = {
    "regression": _R2,
    "robust": _R2,
    "binary": "((logits > 0) == y).float().mean()",
    "multiclass": "(logits.argmax(1) == y[:, 0]).float().mean()",
}
BODY = '''\
import copy
import sys

import numpy as np
import torch
import torch.nn.functional as F

${EXPORT}${CONSTANTS}


class Network(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = torch.nn.ModuleList(map(torch.nn.Linear, SIZES[:-1], SIZES[1:]))
        for layer, weight, bias in zip(self.layers, WEIGHT_STD, BIAS_STD):
            torch.nn.init.normal_(layer.weight, std=weight)
            torch.nn.init.normal_(layer.bias, std=bias)

    def forward(self, x):
        """What the output activation is applied to."""
        for layer, activation in zip(self.layers, ACTIVATIONS):
            x = activation(layer(x))
        return self.layers[-1](x)


def loss(logits, y):
    return ${LOSS}


def train(network, X, y, X_held_out, y_held_out):
    """The network keeps the weights of the epoch with the lowest loss on the held-out rows."""
    decayed = {"params": [layer.weight for layer in network.layers], "weight_decay": WEIGHT_DECAY}
    others = {"params": [layer.bias for layer in network.layers], "weight_decay": 0.0}
    optimizer = torch.optim.AdamW([decayed, others], lr=LEARNING_RATE)
    lowest, best, waited = float("inf"), copy.deepcopy(network.state_dict()), 0
    for _ in range(EPOCHS):
        for rows in torch.randperm(len(X)).split(BATCH_SIZE):
            optimizer.zero_grad()
            loss(network(X[rows]), y[rows]).backward()
            optimizer.step()
        with torch.no_grad():
            found = loss(network(X_held_out), y_held_out).item()
        if found < lowest:
            lowest, best, waited = found, copy.deepcopy(network.state_dict()), 0
        else:
            waited += 1
        if waited == PATIENCE:
            break
    network.load_state_dict(best)
    return lowest


def score(network, X, y):
    with torch.no_grad():
        logits = network(X)
    return float(${SCORE})


def main(path, seed=0):
    torch.manual_seed(seed)
    with np.load(path) as rows:
        X, y = (torch.as_tensor(rows[name], dtype=torch.float32) for name in ("X", "y"))
    order, held_out = torch.randperm(len(X)), round(HELD_OUT * len(X))
    ahead, behind = order[held_out:], order[:held_out]
    y = y.reshape(len(X), -1)
    network = Network()
    reached = train(network, X[ahead], y[ahead], X[behind], y[behind])
    print(f"held-out rows: loss {reached:.4g}, ${NAME} {score(network, X[behind], y[behind]):.4g}")
    return network
'''
