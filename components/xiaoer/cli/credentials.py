"""The `credentials.yml` that a started Rasa gets: the project's, and what lets it change its model."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from xiaoer.cli.project import Project

SWITCH = "xiaoer.learning.ModelSwitch"


@contextmanager
def credentials_for(project: Project) -> Iterator[str]:
    """Yield the path of a credentials file with `ModelSwitch` in it.

    The project's own file is used when it has the line, and when it is not there or no mapping in
    block style, to which no line can be added.
    """
    own = project.folder / "credentials.yml"
    added = _with_switch(own) if own.is_file() else None
    if added is None:
        yield str(own)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "credentials.yml"
        # It may hold secrets; the folder is for the user alone.
        path.write_text(added, encoding="utf-8")
        yield str(path)


def _with_switch(own: Path) -> str | None:
    """Return the file with the line at its end, or None.

    As text, so that `${…}` of the environment and all else stay as they are written.
    """
    try:
        text = own.read_text(encoding="utf-8")
        before = YAML(typ="safe").load(text)
        if isinstance(before, dict) and SWITCH in before:
            return None
        added = f"{text.rstrip()}\n{SWITCH}:\n"
        after = YAML(typ="safe").load(added)
    except (OSError, UnicodeDecodeError, YAMLError):
        return None
    return added if after == {**(before or {}), SWITCH: None} else None
