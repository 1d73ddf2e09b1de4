"""From a formula to a graph of what machines have: formulas rewritten, no instruction written."""
