"""What needs neither browser nor kernels: links, scales, tables, the states of a race."""


def test_links_scales_and_states(units):
    units("state", "scale", "machine", "race", "table")
