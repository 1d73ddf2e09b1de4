"""What needs neither browser nor kernels: links, scales of plots."""


def test_links_and_scales(units):
    units("state", "scale")
