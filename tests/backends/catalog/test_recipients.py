"""Presents: who gets one is known by many names, and gets nothing made for another age."""

from collections import defaultdict
from pathlib import Path

import pytest
import yaml

PRODUCTS = Path(__file__).resolve().parents[3] / "data" / "shop" / "products"
RECIPIENTS = {
    "mother": "妈妈", "father": "爸爸", "girlfriend": "女友", "boyfriend": "男友", "wife": "老婆",
    "husband": "老公", "child": "孩子", "baby": "宝宝", "grandparents": "爷爷奶奶", "friend": "朋友",
    "teacher": "老师", "boss": "领导", "client": "客户", "colleague": "同事",
}  # fmt: skip
FOR_BABIES = {"TY-2502", "TY-2510", "TY-2514", "BC-1517"}
BAND = 100


@pytest.fixture(scope="module")
def presents() -> dict[str, list[float]]:
    """The prices of the presents for each recipient."""
    prices = defaultdict(list)
    for path in PRODUCTS.glob("*.yml"):
        for product in yaml.safe_load(path.read_text(encoding="utf-8"))["products"]:
            gift_for = product.get("attributes", {}).get("gift_for", {"zh": ""})
            for name in gift_for["zh"].split("、"):
                prices[name].append(product["price"])
    return prices


@pytest.mark.parametrize("name", RECIPIENTS.values(), ids=RECIPIENTS)
def test_there_are_presents_at_several_prices(presents, name):
    assert len(presents[name]) >= 4
    assert len({price // BAND for price in presents[name]}) >= 2


@pytest.mark.parametrize(
    "words",
    ["给我妈买的", "送老妈", "送母亲的", "给我妈妈买个生日礼物", "gift for mom", "for my mum",
     "present for my mother"],
)  # fmt: skip
def test_a_mother_is_offered_nothing_for_babies(search, words):
    found = search(words, limit=50)["items"]
    assert len(found) >= 4
    assert not FOR_BABIES & {each["id"] for each in found}
    assert {"BC-1506", "CL-9008"} & {each["id"] for each in found[:4]}


@pytest.mark.parametrize("words", ["送宝宝的", "宝宝满月送啥", "for a baby", "gift for a newborn"])
def test_a_baby_is_offered_nothing_for_grown_ups(search, words):
    found = [each["id"] for each in search(words, limit=50)["items"]]
    assert FOR_BABIES & set(found[:3])
    assert not {"BC-1506", "BC-1514", "CL-9017"} & set(found)


@pytest.mark.parametrize("words", ["送爸妈", "给父母买的", "for my parents"])
def test_parents_are_mother_and_father(search, words):
    found = {each["id"] for each in search(words, limit=50)["items"]}
    assert {"CL-9008", "SH-8007", "BC-1506"} & found
    assert {"SH-8008", "BC-1514", "FD-4501"} & found
    assert not FOR_BABIES & found


def test_a_friend_is_no_sweetheart(search):
    found = {each["id"] for each in search("送朋友", limit=50)["items"]}
    assert "TY-2508" in found
    assert "BC-1514" not in found


def test_who_names_a_mother_and_a_child_gets_both(search):
    found = {each["id"] for each in search("妈妈和孩子的礼物", limit=50)["items"]}
    assert {"TY-2501", "CL-9008"} & found
