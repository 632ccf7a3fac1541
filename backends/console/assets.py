"""Style sheet, script and icon, named with a digest so that browsers may keep them for good."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from sanic import Blueprint, Request
from sanic.response import HTTPResponse, raw
from sanic_ext import openapi

from backends.console.headers import SECURITY

FOLDER = Path(__file__).parent / "assets"
SCRIPT = "console.js"
_KINDS = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
FOR_GOOD = "public, max-age=31536000, immutable"

blueprint = Blueprint("staff_assets", url_prefix="/staff/assets")


@dataclass(frozen=True)
class Asset:
    """A file as it is served."""

    body: bytes
    kind: str
    digest: str


class Assets:
    """The files of the folder, read once at start."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._files = {
            path.name: Asset(body, _KINDS[path.suffix], hashlib.sha256(body).hexdigest()[:16])
            for path in sorted(folder.iterdir())
            if path.suffix in _KINDS
            for body in [path.read_bytes()]
        }

    def get(self, name: str) -> Asset | None:
        """A file by its name."""
        return self._files.get(name)

    def url(self, name: str) -> str | None:
        """The address of a file; None when there is no such file (the script is not built)."""
        asset = self._files.get(name)
        return f"/staff/assets/{name}?v={asset.digest}" if asset else None


@blueprint.get("/<name:str>", strict_slashes=True)
@openapi.exclude()
async def serve(request: Request, name: str) -> HTTPResponse:
    """Serve a file; anybody may have it."""
    asset = request.app.ctx.console.assets.get(name)
    if asset is None:
        return raw(b"", status=404, headers=SECURITY)
    tag = f'"{asset.digest}"'
    current = request.args.get("v") == asset.digest
    headers = {
        **SECURITY,
        "ETag": tag,
        "Cache-Control": FOR_GOOD if current else "no-cache",
    }
    if request.headers.get("if-none-match") == tag:
        return HTTPResponse(status=304, headers=headers)
    return raw(asset.body, headers=headers, content_type=asset.kind)
