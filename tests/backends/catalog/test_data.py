from pathlib import Path

import pytest

from backends.catalog.data import ShopDataError, read_shop, variants

ROOT = Path(__file__).resolve().parents[3]


def problems(folder):
    with pytest.raises(ShopDataError) as caught:
        read_shop(folder)
    return caught.value.problems


def test_the_shop_of_the_project_is_without_mistakes():
    shop = read_shop(ROOT / "data" / "shop")
    assert len(shop.products) >= 200
    assert len(shop.categories) >= 8
    assert shop.promotions
    assert shop.reviews


def test_skus_are_built_from_the_codes_of_the_options(shop_folder):
    shop = read_shop(shop_folder())
    skus = [sku for _, product in shop.products for sku, _ in variants(product, shop.labels)]
    assert skus == ["LA-1001-BK", "LA-1001-RD", "LA-1002"]


def test_numbers_in_yaml_are_words_where_words_are_meant(shop_folder):
    def change(files):
        files["attributes.yml"]["values"]["color"]["36"] = {"zh": "36", "en": "36", "code": "36"}
        files["products/lamps.yml"]["products"][0]["options"]["color"].append(36)

    shop = read_shop(shop_folder(change))
    assert "LA-1001-36" in [sku for sku, _ in variants(shop.products[0][1], shop.labels)]


def lamp(**fields):
    def change(files):
        files["products/lamps.yml"]["products"][0].update(fields)

    return change


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lamp(price=-1), "lamps.yml, product LA-1001: price ensure this value is greater than 0."),
        (lamp(price="cheap"), "lamps.yml, product LA-1001: price value is not a valid float."),
        (lamp(list_price=100), "lamps.yml, product LA-1001: list_price must be above price, or be left out."),
        (lamp(brand="nobody"), "lamps.yml, product LA-1001: brands.yml has no brand nobody."),
        (lamp(colour="red"), "lamps.yml, product LA-1001: there is no field colour."),
        (lamp(name={"zh": "灯"}), "lamps.yml, product LA-1001: name.en is missing."),
        (lamp(options={"color": ["green"]}, option_prices={}), "lamps.yml, product LA-1001: attributes.yml has no value green of color."),
        (lamp(options={"shape": ["round"]}, option_prices={}), "lamps.yml, product LA-1001: attributes.yml has no option shape."),
        (lamp(attributes={"smell": "none"}), "lamps.yml, product LA-1001: attributes.yml has no attribute smell."),
        (lamp(option_prices={"blue": 3}), "lamps.yml, product LA-1001: option_prices names blue, no value of its options."),
        (lamp(goes_with=["LA-9999"]), "lamps.yml, product LA-1001: goes_with names LA-9999, which is no other product."),
        (lamp(id="LA-1002"), "lamps.yml, product LA-1002: the id is used in lamps.yml too."),
        (lambda files: files.update({"products/lamps.yml": "category: [\n"}), "lamps.yml: it is not valid YAML in line 2 (expected the node content, but found '<stream end>')."),
        (lambda files: files.update({"brands.yml": "brands: {}\nbrands: {}\n"}), "brands.yml: it is not valid YAML in line 2 (brands is given twice)."),
        (lambda files: files.update({"promotions.yml": {"promotions": [{"id": "x", "title": {"zh": "减", "en": "off"}, "kind": "amount", "starts": "2026-01-02", "ends": "2026-01-01"}]}}), "promotions.yml: promotions.0.ends is before starts."),
    ],
)  # fmt: skip
def test_a_mistake_is_one_sentence_that_names_file_and_product(shop_folder, change, sentence):
    assert sentence in problems(shop_folder(change))


def test_all_mistakes_are_told_at_once(shop_folder):
    def change(files):
        files["products/lamps.yml"]["products"][0]["brand"] = "nobody"
        del files["products/lamps.yml"]["products"][1]["price"]

    assert len(problems(shop_folder(change))) == 2


def test_missing_files_are_named(tmp_path):
    found = problems(tmp_path)
    assert any("brands.yml is missing" in one for one in found)
    assert any("holds no product file" in one for one in found)
