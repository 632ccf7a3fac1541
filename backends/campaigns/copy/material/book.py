"""All of data/campaigns, read again when a file has changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from backends.campaigns.copy.law.forbidden import Forbidden
from backends.campaigns.copy.law.reading import read_forbidden
from backends.campaigns.copy.material.channels import Channel, Channels
from backends.campaigns.copy.material.instructions import Instructions, Task
from backends.campaigns.copy.material.limits import Limits
from backends.campaigns.copy.material.phrases import PhraseBook
from backends.campaigns.copy.material.reading import LANGUAGES, read_model
from backends.campaigns.copy.material.templates import Template, Templates
from backends.campaigns.copy.material.tones import Tone, Tones
from backends.customers.profiles.file_mark import file_mark
from backends.setup_error import SetupError

FILES = (
    "channels.yml",
    "tones.yml",
    "limits.yml",
    "phrases.yml",
    "instructions.yml",
    "forbidden.yml",
    "templates/zh.yml",
    "templates/en.yml",
)


@dataclass(frozen=True)
class Material:
    """What is read of the folder.

    Attributes:
        channels, tones: by name.
        templates: by language.
        instructions: the system message of a language model by language.
        tasks: how a brief is told to it, by language.
        forbidden: words that the law does not let advertising use.
    """

    channels: Mapping[str, Channel]
    tones: Mapping[str, Tone]
    limits: Limits
    phrases: PhraseBook
    instructions: Mapping[str, str]
    tasks: Mapping[str, Task]
    forbidden: Forbidden
    templates: Mapping[str, tuple[Template, ...]]

    @cached_property
    def words(self) -> Mapping[str, tuple[str, ...]]:
        """By language, all words of the templates' own: what the shop says by itself."""
        return {
            language: tuple(
                dict.fromkeys(
                    line.strip()
                    for template in templates
                    for words in template.words
                    for line in words.splitlines()
                    if line.strip()
                )
            )
            for language, templates in self.templates.items()
        }


def read_material(folder: Path) -> Material:
    """Read and check all files.

    Raises:
        SetupError: a mistake in one of them, in one sentence.
    """
    channels = read_model(folder / "channels.yml", Channels).channels
    tones = read_model(folder / "tones.yml", Tones).tones
    templates: dict[str, tuple[Template, ...]] = {}
    for language in LANGUAGES:
        path = folder / "templates" / f"{language}.yml"
        templates[language] = tuple(read_model(path, Templates).templates)
        for template in templates[language]:
            for kind, named, known in (
                ("tone", template.tones, tones),
                ("channel", template.channels, channels),
            ):
                for name in named:
                    if name not in known:
                        raise SetupError(f"{path}: {template.id}: there is no {kind} {name}.")
    told = read_model(folder / "instructions.yml", Instructions)
    return Material(
        channels=channels,
        tones=tones,
        limits=read_model(folder / "limits.yml", Limits),
        phrases=read_model(folder / "phrases.yml", PhraseBook),
        instructions={"zh": told.zh, "en": told.en},
        tasks=told.task,
        forbidden=read_forbidden(folder / "forbidden.yml"),
        templates=templates,
    )


class MaterialBook:
    """The folder as it is now; blocking, for use in threads.

    Args:
        folder: ``data/campaigns``.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._kept: tuple[object, Material] | None = None

    def material(self) -> Material:
        """Return it.

        Raises:
            SetupError: as `read_material`.
        """
        mark = tuple(file_mark(self.folder / name) for name in FILES)
        kept = self._kept
        if kept is None or kept[0] != mark:
            kept = self._kept = (mark, read_material(self.folder))
        return kept[1]
