"""Learning rates, seeds and threads of torch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def reproducible(seed: int, threads: int) -> Iterator[None]:
    """Seed torch and set its threads, and put both back afterwards."""
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            yield
    finally:
        torch.set_num_threads(before)


def set_rate(optimizer: torch.optim.Optimizer, part: float) -> None:
    """Warm up over the first tenth, then go down to 0 in a straight line."""
    factor = min(1.0, (part + 1e-3) / 0.1) * (1 - part)
    for group in optimizer.param_groups:
        group["lr"] = group.setdefault("full", group["lr"]) * factor
