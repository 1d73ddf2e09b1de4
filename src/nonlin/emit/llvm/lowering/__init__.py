"""The walk of a graph of what machines have, which appends instructions."""
