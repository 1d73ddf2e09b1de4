"""What theory says about signals in networks of one activation (floor F4)."""
