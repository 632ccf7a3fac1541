"""The service token that the action server shows to the backends."""

import os
import secrets
from pathlib import Path

from actions.clients.settings import Settings


def service_token(settings: Settings) -> str:
    """Return the token of the settings, else that of the token file, which is made if missing.

    Raises:
        OSError: If the file can be neither read nor written.
    """
    if settings.service_token:
        return settings.service_token
    path = settings.token_file
    if not path.exists():
        _write(path)
    return path.read_text(encoding="ascii").strip()


def _write(path: Path) -> None:
    # Linked under its name only when complete: of processes that start together one wins.
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(32) + "\n")
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
