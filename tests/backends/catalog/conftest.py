"""A search that is ready, and a tiny shop of a test's own."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.waiting import eventually

BRANDS = {"brands": {"morrin": {"zh": "莫林", "en": "Morrin", "synonyms": ["morin"]}}}
LABELS = {
    "attributes": {"weight": {"zh": "重量", "en": "Weight"}},
    "options": {"color": {"zh": "颜色", "en": "Colour"}},
    "values": {
        "color": {
            "black": {"zh": "黑色", "en": "black", "code": "BK"},
            "red": {"zh": "红色", "en": "red", "code": "RD"},
        }
    },
}
LAMPS = {
    "category": {"id": "lamps", "zh": "灯具", "en": "Lamps", "synonyms": {"en": ["light"]}},
    "products": [
        {
            "id": "LA-1001",
            "brand": "morrin",
            "name": {"zh": "萤石台灯", "en": "Fluorite Desk Lamp"},
            "synonyms": ["fluorite"],
            "summary": {"zh": "看书用的台灯", "en": "A lamp for reading"},
            "description": {"zh": "光线柔和。", "en": "Its light is soft."},
            "price": 120,
            "list_price": 150,
            "attributes": {"weight": "800g"},
            "options": {"color": ["black", "red"]},
            "option_prices": {"red": 10},
            "released": "2026-01-05",
        },
        {
            "id": "LA-1002",
            "brand": "morrin",
            "name": {"zh": "夜航头灯", "en": "Nightsail Headlamp"},
            "summary": {"zh": "夜里走路用", "en": "For walking at night"},
            "description": {"zh": "能照很远。", "en": "It shines far."},
            "price": 60,
            "released": "2026-02-05",
        },
    ],
}


@pytest.fixture
def shop_folder(tmp_path: Path) -> Callable[..., Path]:
    """A function that writes a tiny shop's files, changed by a function, and gives the folder."""

    def write(change: Callable[[dict[str, Any]], None] | None = None) -> Path:
        files = copy.deepcopy(
            {"brands.yml": BRANDS, "attributes.yml": LABELS, "products/lamps.yml": LAMPS}
        )
        if change:
            change(files)
        folder = tmp_path / "shop-files"
        (folder / "products").mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            text = content if isinstance(content, str) else yaml.safe_dump(content)
            (folder / name).write_text(text, encoding="utf-8")
        return folder

    return write


@pytest.fixture(scope="package")
def catalog(shop) -> httpx.Client:
    """A client of the full shop, which searches by words and vectors."""
    eventually(lambda: "the search goes by words and vectors" in shop.log.read_text(), 120)
    return shop.client()


@pytest.fixture(scope="package")
def search(catalog: httpx.Client) -> Callable[..., dict[str, Any]]:
    """A function that searches and gives the answer's body."""

    def run(q: str | None = None, **parameters: Any) -> dict[str, Any]:
        given = {key: value for key, value in {"q": q, **parameters}.items() if value is not None}
        answer = catalog.get("/v1/products", params=given)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return run
