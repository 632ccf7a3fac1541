"""Commands that measure every figure the documentation quotes: `python -m benchmarks.<name>`."""
