"""bm25s, imported without jax.

Where jax is installed (Rasa brings it) bm25s imports it for a faster choice of the best scores,
which is not used here and would cost every start three seconds and 100 MB.
"""

from __future__ import annotations

import sys

_absent = "jax" not in sys.modules
if _absent:
    sys.modules["jax"] = None  # type: ignore[assignment]  # this makes an import of jax fail
try:
    from bm25s import BM25
finally:
    if _absent:
        del sys.modules["jax"]

__all__ = ["BM25"]
