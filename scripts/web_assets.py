"""Build the chat widget and the staff console's scripts from `web/`, when their sources changed.

Runs on the standard library alone. All else works without them, so a machine that has no Node.js is
told once what it lacks, and set up all the same.
"""

import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "web"
STAMP = ROOT / ".venv" / "xiaoer-web"
# Packages are fetched only when the lock file changed: building needs no network.
INSTALLED = WEB / "node_modules" / ".xiaoer-lock"
BUILT = (
    ROOT / "components" / "xiaoer" / "channels" / "web" / "assets" / "widget.js",
    ROOT / "backends" / "console" / "assets" / "console.js",
    ROOT / "backends" / "console" / "assets" / "charts.js",
)
NODE = (20, 19)


class NotBuilt(Exception):
    """The assets could not be built; its text says why and what to do."""


def wanted() -> str:
    """Return the hash of all that decides what is built."""
    digest = hashlib.sha256()
    files = [*WEB.glob("*.json"), *WEB.glob("*.ts"), *(WEB / "src").rglob("*")]
    for path in sorted(path for path in files if path.is_file()):
        digest.update(path.relative_to(WEB).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def ensure() -> None:
    """Build what is not up to date; where that fails, say so once and go on."""
    now, last = wanted(), STAMP.read_text() if STAMP.is_file() else ""
    if last == now and all(path.is_file() for path in BUILT):
        return
    # Once told, a machine is asked only for what is quick to answer: whether it has Node.js now.
    untold, told_without_node = f"told {now}", f"told without Node.js {now}"
    if last == untold or (last == told_without_node and not has_node()):
        return
    try:
        build()
    except NotBuilt as reason:
        print(f"set-up: {reason}", flush=True)
        STAMP.write_text(untold if has_node() else told_without_node)


def build() -> None:
    """Install the locked packages and build.

    Raises:
        NotBuilt: No Node.js, or npm failed.
    """
    if not has_node():
        raise NotBuilt(
            "the chat widget and the staff console's live updates need Node.js "
            f"{NODE[0]}.{NODE[1]} or newer with npm; install it, then run `make web` "
            "(all else works without)."
        )
    print("set-up: building the chat widget and the staff console's scripts", flush=True)
    lock = hashlib.sha256((WEB / "package-lock.json").read_bytes()).hexdigest()
    if not INSTALLED.is_file() or INSTALLED.read_text() != lock:
        npm("ci", "--no-audit", "--no-fund", "--ignore-scripts", "--fetch-timeout=60000")
        INSTALLED.write_text(lock)
    npm("run", "build")
    if STAMP.parent.is_dir():
        STAMP.write_text(wanted())


def npm(*arguments: str) -> None:
    """Run npm in `web/`; what it says is shown when it fails.

    Raises:
        NotBuilt: It failed, or did not end within five minutes.
    """
    said, problem = "", "failed"
    try:
        done = subprocess.run(
            ["npm", "--loglevel=error", *arguments],
            cwd=WEB,
            capture_output=True,
            text=True,
            timeout=300,
        )
        if done.returncode == 0:
            return
        said = done.stdout + done.stderr
    except subprocess.TimeoutExpired:
        problem = "did not end within five minutes"
    except OSError as error:
        said = str(error)
    sys.stderr.write(said[-2000:])
    raise NotBuilt(
        f"`npm {arguments[0]}` {problem} in web/, so the chat widget and the staff console's live "
        "updates may be missing or old; run `make web` to try again (all else works without)."
    )


def has_node() -> bool:
    """Tell whether a Node.js that is new enough and npm are there."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return False
    try:
        done = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.SubprocessError):
        return False
    version = re.match(r"v(\d+)\.(\d+)", done.stdout)
    return version is not None and tuple(map(int, version.groups())) >= NODE


if __name__ == "__main__":
    try:
        build()
    except NotBuilt as reason:
        sys.exit(f"set-up: {reason}")
