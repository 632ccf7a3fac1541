"""spaCy for serving: without torch, which thinc (spaCy's own ground) imports wherever it finds it."""

import sys
import threading
from importlib import import_module
from types import ModuleType

_LOCK = threading.Lock()


def import_spacy() -> ModuleType:
    """Import spaCy and return it, without loading torch on its account.

    Rule-based pipelines need no torch; its import costs some 450 MB and 2 s. If torch is loaded
    already, spaCy takes it as always. If not, spaCy stays without torch in this process, though
    others may import torch later.
    """
    with _LOCK:
        if "spacy" in sys.modules or "torch" in sys.modules:
            return import_module("spacy")
        # None makes `import torch` raise ImportError, which thinc takes as "not installed".
        sys.modules["torch"] = None  # type: ignore[assignment]
        try:
            return import_module("spacy")
        finally:
            del sys.modules["torch"]
