"""The system instruction for generators that take one."""

from functools import lru_cache
from pathlib import Path

import yaml

_FILE = Path(__file__).with_name("assets") / "instructions.yml"


@lru_cache
def instructions() -> dict[str, str]:
    """Return the instruction by language."""
    return yaml.safe_load(_FILE.read_text(encoding="utf-8"))
