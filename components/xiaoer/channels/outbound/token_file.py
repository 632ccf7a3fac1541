"""The service token where the environment has none: the file that the backends made."""

import os
from pathlib import Path

_DEFAULT = ".xiaoer/service-token"


def read_token_file() -> str | None:
    """Return the token in the file XIAOER_SERVICE_TOKEN_FILE (`.xiaoer/service-token`), if any."""
    path = Path(os.environ.get("XIAOER_SERVICE_TOKEN_FILE", _DEFAULT))
    try:
        return path.read_text(encoding="ascii").strip() or None
    except (OSError, UnicodeDecodeError):
        return None
