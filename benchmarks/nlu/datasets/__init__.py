"""Readers of the public data sets' own files."""

from benchmarks.nlu.datasets.data import DataError, Dataset, Example, Span

__all__ = ["DataError", "Dataset", "Example", "Span"]
