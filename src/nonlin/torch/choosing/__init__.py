"""The contest that `nonlin.torch.choose` is."""
