"""What needs neither browser nor kernels: links, scales of plots, the states of a race."""


def test_links_scales_and_states(units):
    units("state", "scale", "machine", "race")
