"""The programs of `benchmarks/faulty` put through `nt.diagnose`: what it says, whether it helps."""
