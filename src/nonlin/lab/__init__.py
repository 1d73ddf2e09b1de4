"""The lab: networks seen at work in the browser, with nonlin's own kernels."""
