"""The names a shop uses for its goods, brands and categories, read for `CatalogEntityExtractor`."""

import hashlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import yaml

FETCH_SECONDS = 10.0
_JOINT = re.compile(r"(?<=[A-Za-z0-9])[ -](?=[A-Za-z0-9])")
_PLAIN_WORD = re.compile(r"[a-z]{3}$")


class LexiconError(ValueError):
    """A catalogue that cannot be read; the text says which and what to do."""


@dataclass(frozen=True)
class LexiconEntry:
    """One thing with a name: the entity's type, the value it stands for and how people write it."""

    entity: str
    value: str
    names: tuple[str, ...]


def read_lexicon(source: str) -> list[LexiconEntry]:
    """Read the names from `source`.

    Args:
        source: A folder with `brands.yml` and `products/*.yml` (the shop's own files), a YAML or
            JSON file with `entries: [{entity, value, synonyms}]`, or the URL of a service that
            answers such a JSON document. A URL's service token is taken from the environment
            variable `XIAOER_SERVICE_TOKEN`.

    Raises:
        LexiconError: If the source is missing or has another form.
    """
    if source.startswith(("http://", "https://")):
        return list(_entries(_fetch(source), source))
    path = Path(source)
    if path.is_dir():
        return list(_from_folder(path))
    if path.is_file():
        return list(_entries(_load(path), source))
    raise LexiconError(
        f"The catalogue '{source}' of CatalogEntityExtractor does not exist: "
        "correct `catalog` in config.yml or leave it out."
    )


def lexicon_hash(source: str) -> str:
    """Return a hash of what `source` says now, for Rasa's training cache."""
    path = Path(source)
    digest = hashlib.sha256()
    if path.is_dir():
        for file in _catalogue_files(path):
            digest.update(file.read_bytes())
    elif path.is_file():
        digest.update(path.read_bytes())
    else:
        entries = [(entry.entity, entry.value, entry.names) for entry in read_lexicon(source)]
        digest.update(json.dumps(entries, ensure_ascii=False).encode())
    return digest.hexdigest()


def name_variants(name: str) -> list[str]:
    """Return `name` and how else it is written: apart, in one word, with a hyphen, one or many.

    Only Latin words vary: `Power Bank` gives power-bank, powerbank and power banks; 星云 X1 Pro
    gives 星云 X1Pro.
    """
    forms = [name]
    if _JOINT.search(name):
        forms += [_JOINT.sub(joint, name) for joint in (" ", "", "-")]
    if _PLAIN_WORD.search(name):
        forms += [_other_number(form) for form in forms]
    return list(dict.fromkeys(forms))


def _other_number(name: str) -> str:
    if name.endswith(("ss", "sh", "ch", "x")):
        return name + "es"
    return name[:-1] if name.endswith("s") else name + "s"


def _catalogue_files(folder: Path) -> list[Path]:
    brands = folder / "brands.yml"
    return ([brands] if brands.is_file() else []) + sorted((folder / "products").glob("*.yml"))


def _from_folder(folder: Path) -> Iterator[LexiconEntry]:
    files = _catalogue_files(folder)
    if not files:
        raise LexiconError(
            f"The catalogue folder '{folder}' holds neither brands.yml nor products/*.yml."
        )
    for file in files:
        content = _load(file)
        try:
            for key, brand in (content.get("brands") or {}).items():
                yield _entry("brand", key, brand)
            if "category" in content:
                category = content["category"]
                yield _entry("category", category["id"], category)
            for product in content.get("products") or ():
                names = [*product["name"].values(), *(product.get("synonyms") or ())]
                yield LexiconEntry("product_name", str(product["id"]), _clean(names))
        except (AttributeError, KeyError, TypeError) as error:
            raise LexiconError(
                f"{file} is not as the catalogue's files should be ({error!r} is missing or of "
                "another form): see docs/components/catalog-entity-extractor.md."
            ) from error


def _entry(entity: str, value: str, names: dict[str, Any]) -> LexiconEntry:
    synonyms = names.get("synonyms") or ()
    if isinstance(synonyms, dict):
        synonyms = [name for group in synonyms.values() for name in group]
    return LexiconEntry(entity, str(value), _clean([names["zh"], names["en"], *synonyms]))


def _clean(names: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(name).strip() for name in names if str(name).strip()))


def _entries(content: Any, source: str) -> Iterator[LexiconEntry]:
    try:
        for row in content["entries"]:
            names = _clean([*(row.get("synonyms") or ()), *_own_name(row)])
            yield LexiconEntry(str(row["entity"]), str(row["value"]), names)
    except (AttributeError, KeyError, TypeError) as error:
        raise LexiconError(
            f"The catalogue '{source}' should hold `entries`, each with entity, value and synonyms."
        ) from error


def _own_name(row: dict[str, Any]) -> list[str]:
    return [row["value"]] if not row.get("synonyms") else []


def _load(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        where = str(error).replace("\n", " ")
        raise LexiconError(f"{path} is not valid YAML in UTF-8: {where}") from error


def _fetch(url: str) -> Any:
    token = os.environ.get("XIAOER_SERVICE_TOKEN")
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        response = httpx.get(url, headers=headers, timeout=FETCH_SECONDS)
        response.raise_for_status()
        return response.json()
    except (httpx.HTTPError, ValueError) as error:
        raise LexiconError(
            f"The catalogue at {url} gave no usable answer ({type(error).__name__}): start the "
            "service, or name a folder as `catalog` in config.yml."
        ) from error
