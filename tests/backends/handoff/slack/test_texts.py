"""Staff read the same in both languages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.backends.conftest import ROOT

FILES = ("backends/handoff/slack/texts.yml", "components/xiaoer/channels/slack/assets/texts.yml")


def _places(node: Any) -> Any:
    """The keys, with the places that each text has to be filled."""
    if isinstance(node, dict):
        return {key: _places(value) for key, value in node.items()}
    return sorted(re.findall(r"{\w+}", node)) if isinstance(node, str) else None


@pytest.mark.parametrize("file", FILES)
def test_both_languages_have_the_same_texts(file: str) -> None:
    texts = yaml.safe_load(Path(ROOT / file).read_text(encoding="utf-8"))
    assert _places(texts["zh"]) == _places(texts["en"])


@pytest.mark.parametrize("file", FILES)
def test_chinese_has_chinese_punctuation(file: str) -> None:
    texts = yaml.safe_load(Path(ROOT / file).read_text(encoding="utf-8"))
    assert not re.findall(
        r"[\u4e00-\u9fff][,:;()]", yaml.safe_dump(texts["zh"], allow_unicode=True)
    )
