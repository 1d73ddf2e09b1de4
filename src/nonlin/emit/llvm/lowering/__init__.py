"""From a formula to a graph of what machines have, and its walk."""
