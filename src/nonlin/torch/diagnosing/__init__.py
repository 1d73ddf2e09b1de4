"""How a PyTorch model trains, layer by layer: a subject of `nonlin.stability`."""
