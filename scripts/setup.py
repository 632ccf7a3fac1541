"""Prepare `.venv` for this project: find or fetch uv, make the environment, install what is locked.

Runs on any Python 3.8 or newer with the standard library alone, asks nothing, needs no root, and
leaves the system untouched: uv itself, when missing, goes into `.venv-uv`. A second run compares
hashes and returns. The web assets are built last, where there is Node.js.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import web_assets

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
UV_HOME = ROOT / ".venv-uv"
STAMP = VENV / "xiaoer-setup"
LOCK = ROOT / "requirements.lock"

# Read by each interpreter of `.venv` at start: `rasa …` typed by hand is as quiet as `make demo`.
QUIET = ROOT / "scripts" / "quiet.py"


class SetupError(Exception):
    """A step that cannot go on; its text says what to do."""


def log(text: str) -> None:
    """Say what is being done."""
    print(f"set-up: {text}", flush=True)


def run(command: list, what_to_do: str, **kwargs) -> None:
    """Run `command`; on failure raise `SetupError` with the advice."""
    try:
        subprocess.run([str(part) for part in command], check=True, **kwargs)
    except (OSError, subprocess.CalledProcessError) as error:
        raise SetupError(what_to_do) from error


def answers(command: list) -> str:
    """Return what `command` prints, or an empty string when it fails."""
    try:
        done = subprocess.run(
            [str(part) for part in command], capture_output=True, text=True, timeout=60, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()


def find_uv() -> str:
    """Return a uv that works: the user's own, or a private one installed by pip."""
    own = shutil.which("uv")
    if own and answers([own, "--version"]):
        return own
    private = UV_HOME / "bin" / "uv"
    if answers([private, "--version"]):
        return str(private)
    log("fetching uv (into .venv-uv, the system is left alone)")
    advice = (
        "uv could not be installed: check that PyPI or your mirror is reachable "
        "(pip's own settings are honoured), or install uv yourself and run this again."
    )
    pip = ["-q", "--disable-pip-version-check", "install", "uv>=0.5"]
    try:
        run([sys.executable, "-m", "venv", "--clear", UV_HOME], advice, stderr=subprocess.DEVNULL)
        run([UV_HOME / "bin" / "python", "-m", "pip", *pip], advice)
    except SetupError:
        # A Debian python3 without python3-venv still may have pip.
        shutil.rmtree(UV_HOME, ignore_errors=True)
        run([sys.executable, "-m", "pip", *pip, "--target", UV_HOME], advice)
    return str(private)


def find_python(uv: str) -> str:
    """Return a Python 3.10: one on the machine, or the version for uv to fetch."""
    probe = "import sys; print(sys.executable if sys.version_info[:2] == (3, 10) else '')"
    candidates = [shutil.which("python3.10"), sys.executable]
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates += sorted(pyenv.glob("3.10.*/bin/python3.10"), reverse=True)
    for candidate in candidates:
        if candidate:
            found = answers([candidate, "-c", probe])
            if found:
                return found
    return answers([uv, "python", "find", "3.10"]) or "3.10"


def index_environment() -> dict:
    """Hand pip's mirror to uv, which does not read pip's settings."""
    environment = dict(os.environ)
    environment.setdefault("UV_HTTP_TIMEOUT", "180")
    if not any(name in environment for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL")):
        mirror = environment.get("PIP_INDEX_URL") or answers(
            [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
        )
        if mirror:
            environment["UV_DEFAULT_INDEX"] = mirror
    return environment


def wanted() -> str:
    """Return the hash of all that decides what is installed."""
    digest = hashlib.sha256()
    for path in (LOCK, ROOT / "pyproject.toml", QUIET, Path(__file__)):
        digest.update(path.read_bytes())
    digest.update(str(ROOT).encode())
    return digest.hexdigest()


def main() -> None:
    """Bring `.venv` up to date."""
    if STAMP.is_file() and STAMP.read_text() == wanted():
        return
    uv = find_uv()
    python = VENV / "bin" / "python"
    environment = index_environment()
    if not answers([python, "-c", "import sys; print(sys.version_info[:2] == (3, 10) or '')"]):
        log("making .venv with Python 3.10")
        run(
            [uv, "venv", "-q", "--clear", "--python", find_python(uv), VENV],
            "No Python 3.10 was found and none could be fetched (Rasa 3.6 runs on no newer one): "
            "install python3.10 and run this again.",
            env=environment,
        )
    log("installing the locked packages (one to two minutes on a fast line, some 3 GB)")
    advice = (
        "The packages could not be installed: check the line above, the connection to PyPI or "
        "your mirror, and that some 8 GB of disk are free; then run this again."
    )
    # Compiled once by all processors: where Python may not write bytecode (containers often say so),
    # each start of Rasa would compile five thousand files again.
    sync = [uv, "pip", "sync", "-q", "--compile-bytecode", "--python", python, LOCK]
    run(sync, advice, env=environment)
    editable = [uv, "pip", "install", "-q", "--no-deps", "--python", python, "-e", ROOT]
    run(editable, advice, env=environment)
    for packages in (VENV / "lib").glob("python3.10/site-packages"):
        shutil.copy(QUIET, packages / "xiaoer_quiet.py")
        (packages / "xiaoer_quiet.pth").write_text("import xiaoer_quiet\n")
    STAMP.write_text(wanted())
    log("done")


if __name__ == "__main__":
    try:
        main()
        web_assets.ensure()
    except SetupError as error:
        sys.exit(f"set-up: {error}")
    except KeyboardInterrupt:
        sys.exit("set-up: stopped; run it again to go on.")
