"""A model as it is published: a folder that save_pretrained wrote, or an id of the hub."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from xiaoer.lm.errors import LanguageModelError
from xiaoer.lm.families import FAMILIES


class Checkpoint:
    """The files of a model that is called by a folder's path or by a Hugging Face id.

    Attributes:
        name: as it was given.
        folder: the folder; None for an id.
    """

    def __init__(self, name: str) -> None:
        """Look what ``name`` is.

        Raises:
            LanguageModelError: it is neither a folder nor written as an id.
        """
        path = Path(name).expanduser()
        self.name = name
        self.folder = path if path.is_dir() else None
        if path.is_file():
            raise LanguageModelError(
                f"{name} is a file: `model` names the folder it lies in, with config.json, the "
                "weights and the tokenizer, as written by save_pretrained."
            )
        if self.folder is None and not re.fullmatch(r"[A-Za-z0-9][\w.-]*(/[\w.-]+)?", name):
            raise LanguageModelError(
                f'There is no model "{name}": write `bundled`, the path of a folder that holds a '
                "model, or a Hugging Face id such as bert-base-chinese."
            )

    def check_folder(self) -> None:
        """Look into a folder's config.json, without transformers; an id passes.

        Raises:
            LanguageModelError: it is missing, damaged or of a type that is not supported.
        """
        if self.folder is None:
            return
        config = self.folder / "config.json"
        if not config.is_file():
            raise LanguageModelError(
                f"The folder {self.name} holds no model: it needs config.json, the weights and "
                "the tokenizer, as written by save_pretrained."
            )
        try:
            model_type = json.loads(config.read_text("utf-8")).get("model_type")
        except (OSError, ValueError, AttributeError) as error:
            raise LanguageModelError(
                f"The folder {self.name} cannot be read as a model: its config.json is damaged."
            ) from error
        self.check_type(model_type)

    def check_type(self, model_type: str | None) -> None:
        """Check that the layers of this type are BERT's.

        Raises:
            LanguageModelError: they are not.
        """
        if model_type not in FAMILIES:
            said = f"of type {model_type}" if model_type else "of no type that config.json names"
            raise LanguageModelError(
                f"The model {self.name} is {said}, which is not supported: use an encoder of type "
                f"{', '.join(FAMILIES)}."
            )

    def read(self, auto: Any, **options: Any) -> Any:
        """Return what ``auto`` (a class of transformers) makes of the checkpoint.

        Raises:
            LanguageModelError: the hub cannot be reached, or files are missing or damaged.
        """
        where = str(self.folder) if self.folder else self.name
        local = self.folder is not None
        try:
            return auto.from_pretrained(
                where, local_files_only=local, trust_remote_code=False, **options
            )
        # Every reader of weights and vocabularies behind it has errors of its own.
        except Exception as error:
            raise LanguageModelError(self._why_not(error)) from error

    def file(self, file: str) -> Path | None:
        """Return the path of one file, from the hub if need be; None if there is no such file.

        Raises:
            LanguageModelError: the hub cannot be reached.
        """
        if self.folder is not None:
            path = self.folder / file
            return path if path.is_file() else None
        from huggingface_hub import hf_hub_download
        from huggingface_hub.errors import EntryNotFoundError

        try:
            return Path(hf_hub_download(self.name, file))
        except EntryNotFoundError:
            return None
        except OSError as error:
            raise LanguageModelError(self._why_not(error)) from error

    def _why_not(self, error: Exception) -> str:
        said = str(error).strip()
        if self.folder is not None:
            first = said.splitlines()[0] if said else repr(error)
            return f"The folder {self.name} cannot be read as a model: {first}"
        if "trust_remote_code" in said or "does not recognize this architecture" in said:
            return (
                f"The model {self.name} brings code of its own, which is not run: use an encoder "
                f"of type {', '.join(FAMILIES)}."
            )
        said = said.lower()
        if any(word in said for word in ("not a valid model identifier", "404", "repository not")):
            return (
                f'There is no folder "{self.name}", and the Hugging Face hub has no such model '
                "that is open to you: check the name, or write `bundled`."
            )
        return (
            f'There is no folder "{self.name}", and as a model it could not be fetched from the '
            "Hugging Face hub: check the connection, or download it elsewhere and give the path "
            "of its folder, or use `bundled`."
        )
