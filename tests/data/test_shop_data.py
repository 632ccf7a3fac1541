"""The shop's goods: complete in both languages, consistent, and able to answer real questions."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

SHOP = Path(__file__).resolve().parents[2] / "data" / "shop"
HAN = re.compile(r"[\u4e00-\u9fff]")
SOME_DAY = date(2026, 11, 23)  # inside the season the promotions are written for


def _read(name: str) -> dict[str, Any]:
    return yaml.safe_load((SHOP / name).read_text(encoding="utf-8"))


FILES = {path.name: _read(f"products/{path.name}") for path in (SHOP / "products").glob("*.yml")}
CATEGORIES = {data["category"]["id"]: data["category"] for data in FILES.values()}
PRODUCTS = [
    {**product, "category": data["category"]["id"]}
    for data in FILES.values()
    for product in data["products"]
]
BRANDS = _read("brands.yml")["brands"]
LABELS = _read("attributes.yml")
PROMOTIONS = _read("promotions.yml")["promotions"]
REVIEWS = _read("reviews.yml")["reviews"]


def _twice(values: Iterator[str]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]


def _unlike_both_languages(words: Any, han: bool = True) -> str | None:
    """Say what is wrong with a {zh, en} pair; `han` when the Chinese must hold a character."""
    if not isinstance(words, dict) or not {"zh", "en"} <= set(words):
        return f"{words} lacks a language"
    if not all(isinstance(words[key], str) and words[key].strip() for key in ("zh", "en")):
        return f"{words} holds no text"
    if han and not HAN.search(words["zh"]):
        return f"{words['zh']} is not Chinese"
    if HAN.search(words["en"]):
        return f"{words['en']} is not English"
    return None


def _skus(product: dict[str, Any]) -> Iterator[str]:
    options = product.get("options", {})
    for chosen in itertools.product(*options.values()):
        codes = [LABELS["values"][key][value]["code"] for key, value in zip(options, chosen)]  # noqa: B905
        yield "-".join([product["id"], *codes])


def _text(product: dict[str, Any], language: str) -> str:
    parts = [product[key][language] for key in ("name", "summary", "description")]
    for value in product.get("attributes", {}).values():
        parts.append(value[language] if isinstance(value, dict) else str(value))
    return " ".join(parts).lower()


def test_there_is_enough_to_sell() -> None:
    assert len(PRODUCTS) >= 200
    assert len(CATEGORIES) >= 8
    assert len(CATEGORIES) == len(FILES)
    assert len(BRANDS) >= 20
    for name, count in Counter(product["category"] for product in PRODUCTS).items():
        assert count >= 8, name


def test_ids_have_the_form_that_customers_quote() -> None:
    for product in PRODUCTS:
        assert re.fullmatch(r"[A-Z]{2}-\d{4}", product["id"]), product["id"]
    for data in FILES.values():
        assert len({product["id"][:2] for product in data["products"]}) == 1, data["category"]["id"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_names_are_unique(language: str) -> None:
    assert not _twice(product["name"][language].lower() for product in PRODUCTS)
    assert not _twice(brand[language].lower() for brand in BRANDS.values())


def test_ids_and_skus_are_unique() -> None:
    assert not _twice(product["id"] for product in PRODUCTS)
    skus = [sku for product in PRODUCTS for sku in _skus(product)]
    assert not _twice(iter(skus))
    assert len(skus) > len(PRODUCTS)
    for sku in skus:
        assert re.fullmatch(r"[A-Z]{2}-\d{4}(-[A-Z0-9]+){0,3}", sku), sku


def test_everything_is_said_in_both_languages() -> None:
    wrong = []
    for product in PRODUCTS:
        for key in ("name", "summary", "description"):
            if mistake := _unlike_both_languages(product[key]):
                wrong.append(f"{product['id']} {key}: {mistake}")
        for key, value in product.get("attributes", {}).items():
            if isinstance(value, dict):
                mistake = _unlike_both_languages(value, han=False)
            else:
                mistake = f"{value} is Chinese only" if HAN.search(str(value)) else None
            if mistake:
                wrong.append(f"{product['id']} {key}: {mistake}")
        for row in product.get("size_guide", []):
            if mistake := _unlike_both_languages(row):
                wrong.append(f"{product['id']} size guide: {mistake}")
    for name, words in [*BRANDS.items(), *CATEGORIES.items()]:
        if mistake := _unlike_both_languages(words):
            wrong.append(f"{name}: {mistake}")
    for promotion in PROMOTIONS:
        if mistake := _unlike_both_languages(promotion["title"]):
            wrong.append(f"{promotion['id']}: {mistake}")
    for kind in ("attributes", "options"):
        for name, words in LABELS[kind].items():
            if mistake := _unlike_both_languages(words):
                wrong.append(f"{kind} {name}: {mistake}")
    for key, values in LABELS["values"].items():
        for name, words in values.items():
            if mistake := _unlike_both_languages(words, han=False):
                wrong.append(f"value {key} {name}: {mistake}")
    assert not wrong, "\n".join(wrong)


def test_each_category_is_known_by_words_of_both_languages() -> None:
    for category in CATEGORIES.values():
        assert category["synonyms"]["zh"], category["id"]
        assert category["synonyms"]["en"], category["id"]


def test_every_attribute_and_option_has_a_label() -> None:
    for product in PRODUCTS:
        assert set(product.get("attributes", {})) <= set(LABELS["attributes"]), product["id"]
        assert set(product.get("options", {})) <= set(LABELS["options"]), product["id"]
        for key, values in product.get("options", {}).items():
            assert set(values) <= set(LABELS["values"][key]), product["id"]


def test_no_label_is_left_over() -> None:
    used = {key for product in PRODUCTS for key in product.get("attributes", {})}
    assert set(LABELS["attributes"]) == used
    values = {
        (key, value)
        for product in PRODUCTS
        for key, chosen in product.get("options", {}).items()
        for value in chosen
    }
    assert {(key, value) for key in LABELS["values"] for value in LABELS["values"][key]} == values
    assert set(BRANDS) == {product["brand"] for product in PRODUCTS}


def test_codes_of_an_option_differ() -> None:
    for key, values in LABELS["values"].items():
        assert not _twice(value["code"] for value in values.values()), key


def test_brands_and_companions_exist() -> None:
    ids = {product["id"] for product in PRODUCTS}
    for product in PRODUCTS:
        assert product["brand"] in BRANDS, product["id"]
        others = product.get("goes_with", [])
        assert set(others) <= ids - {product["id"]}, product["id"]
        assert not _twice(iter(others)), product["id"]
    with_others = sum(bool(product.get("goes_with")) for product in PRODUCTS)
    assert with_others >= 0.8 * len(PRODUCTS)


def test_prices_make_sense() -> None:
    for product in PRODUCTS:
        assert product["price"] > 0, product["id"]
        assert product.get("list_price", product["price"]) >= product["price"], product["id"]
        offered = {value for values in product.get("options", {}).values() for value in values}
        for value, extra in product.get("option_prices", {}).items():
            assert value in offered, product["id"]
            assert extra > 0, product["id"]
    prices = [product["price"] for product in PRODUCTS]
    assert min(prices) < 50
    assert max(prices) > 5000


def test_dates_and_popularity_make_sense() -> None:
    for product in PRODUCTS:
        assert isinstance(product["released"], date), product["id"]
        assert product["released"] <= SOME_DAY, product["id"]
        assert 0 <= product["popularity"] <= 1, product["id"]


@pytest.mark.parametrize("category", ["shoes", "clothing"])
def test_what_is_worn_has_a_size_guide_for_each_size(category: str) -> None:
    sized = [
        product
        for product in PRODUCTS
        if product["category"] == category and "size" in product.get("options", {})
    ]
    assert len(sized) >= 10
    for product in sized:
        explained = {row["size"] for row in product.get("size_guide", [])}
        assert set(product["options"]["size"]) <= explained, product["id"]


def test_a_synonym_means_one_product() -> None:
    """A word for a whole kind of goods must not lead to a single product."""
    spoken = [
        (str(word).lower(), product["id"])
        for product in PRODUCTS
        for word in {*product.get("synonyms", []), *product["name"].values()}
    ]
    owners: dict[str, set[str]] = {}
    for word, product in spoken:
        owners.setdefault(word, set()).add(product)
    assert not {word: ids for word, ids in owners.items() if len(ids) > 1}
    kinds = {
        word.lower()
        for category in CATEGORIES.values()
        for words in (
            category["synonyms"]["zh"],
            category["synonyms"]["en"],
            [category["zh"], category["en"]],
        )
        for word in words
    }
    assert not kinds & set(owners)
    for word, ids in owners.items():
        if not HAN.search(word):
            continue
        for other in PRODUCTS:
            # X1 may begin X1 Pro, as long as X1 Pro has its own, longer word to be found by.
            longer = [str(own).lower() for own in other.get("synonyms", [])]
            if other["id"] in ids or any(word in own for own in longer):
                continue
            name = other["name"]["zh"].replace(" ", "").lower()
            assert word.replace(" ", "") not in name, f"{word} would also be {other['id']}"


def test_a_word_for_a_kind_means_one_category() -> None:
    words = [
        (word.lower(), name)
        for name, category in CATEGORIES.items()
        for word in {
            category["zh"],
            category["en"],
            *category["synonyms"]["zh"],
            *category["synonyms"]["en"],
        }
    ]
    assert not _twice(word for word, _ in words)


def test_promotions_point_at_goods_and_have_their_season() -> None:
    ids = {product["id"] for product in PRODUCTS}
    assert 8 <= len(PROMOTIONS) <= 14
    assert not _twice(promotion["id"] for promotion in PROMOTIONS)
    assert not _twice(promotion["code"] for promotion in PROMOTIONS if "code" in promotion)
    for promotion in PROMOTIONS:
        assert promotion["starts"] <= promotion["ends"], promotion["id"]
        scope = promotion.get("scope", {})
        assert set(scope) <= {"categories", "brands", "products"}, promotion["id"]
        assert set(scope.get("categories", [])) <= set(CATEGORIES), promotion["id"]
        assert set(scope.get("brands", [])) <= set(BRANDS), promotion["id"]
        assert set(scope.get("products", [])) <= ids, promotion["id"]
        if promotion["kind"] in {"percent", "amount"}:
            assert promotion["value"] > 0, promotion["id"]
        if promotion["kind"] == "amount":
            assert promotion["minimum"] > promotion["value"], promotion["id"]
    assert {promotion["kind"] for promotion in PROMOTIONS} == {
        "percent",
        "amount",
        "gift",
        "free_shipping",
    }
    assert any(promotion["starts"] <= SOME_DAY <= promotion["ends"] for promotion in PROMOTIONS)
    assert any(promotion["ends"] < SOME_DAY for promotion in PROMOTIONS)
    assert any(promotion["starts"] > SOME_DAY for promotion in PROMOTIONS)


def test_reviews_cover_each_category_and_rating() -> None:
    assert set(REVIEWS) == {"any", *CATEGORIES}
    for name, ratings in REVIEWS.items():
        assert set(ratings) == {1, 2, 3, 4, 5}, name
        for stars, sentences in ratings.items():
            assert sentences, (name, stars)
            for words in sentences:
                assert _unlike_both_languages(words) is None, words
    every = [words for ratings in REVIEWS.values() for rows in ratings.values() for words in rows]
    assert not _twice(words["zh"] for words in every)
    assert not _twice(words["en"] for words in every)


@pytest.mark.parametrize(
    ("category", "language", "said", "most", "at_least"),
    [
        ("phones", "zh", ["手机"], 2000, 6),
        ("phones", "en", ["phone"], 1000, 3),
        ("laptops", "zh", ["笔记本"], 3000, 1),
        ("laptops", "en", ["gaming laptop"], 7000, 1),
        ("audio", "en", ["noise cancelling"], 500, 3),
        ("audio", "zh", ["主动降噪"], 500, 3),
        ("shoes", "en", ["waterproof", "run"], 600, 2),
        ("shoes", "zh", ["防水", "跑"], 600, 2),
        ("accessories", "zh", ["充电宝"], 300, 3),
        ("accessories", "en", ["power bank"], 300, 3),
        ("wearables", "zh", ["手环"], 400, 2),
        ("clothing", "zh", ["羽绒服"], 500, 2),
        (None, "zh", ["妈妈"], 300, 10),
        (None, "en", ["mum"], 300, 10),
        (None, "zh", ["爸"], 500, 8),
        (None, "en", ["girlfriend"], 500, 5),
        (None, "zh", ["女友"], 500, 5),
        (None, "en", ["kids"], 300, 8),
        (None, "zh", ["同事"], 300, 3),
    ],
)
def test_goods_answer_what_customers_ask(
    category: str | None, language: str, said: list[str], most: float, at_least: int
) -> None:
    found = [
        product
        for product in PRODUCTS
        if category in (None, product["category"])
        and product["price"] <= most
        and all(word in _text(product, language) for word in said)
    ]
    assert len(found) >= at_least, [product["id"] for product in found]
