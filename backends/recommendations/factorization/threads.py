"""How many threads sums are shared among."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from threadpoolctl import threadpool_limits


@contextmanager
def few_threads(one: bool) -> Iterator[None]:
    """Let numpy and torch use one thread, or as many as they like, until the end of the block.

    torch keeps a number of its own, which threadpoolctl does not reach.
    """
    import torch

    before = torch.get_num_threads()
    if one:
        torch.set_num_threads(1)
    try:
        with threadpool_limits(1 if one else None):
            yield
    finally:
        torch.set_num_threads(before)
