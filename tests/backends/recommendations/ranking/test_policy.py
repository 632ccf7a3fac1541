"""recommendations.yml: the shop's own is right, and mistakes in others are named."""

from datetime import timedelta

import pytest
import yaml

from backends.recommendations.ranking.policy import Policy, read_policy
from backends.setup_error import SetupError


def test_the_shop_s_own_policy_names_categories_that_exist(project_root):
    policy = read_policy(project_root / "data" / "shop")
    heads = [
        yaml.safe_load(path.read_text(encoding="utf-8"))["category"]["id"]
        for path in (project_root / "data" / "shop" / "products").glob("*.yml")
    ]
    assert policy.unknown_categories(heads) == []


def test_a_category_has_its_own_cap_and_rest_or_the_general_one(tmp_path):
    text = "category_cap: 2\ncategory_caps: {accessories: 1}\nbought_again: {food: 21}"
    (tmp_path / "recommendations.yml").write_text(text, encoding="utf-8")
    policy = read_policy(tmp_path)
    assert (policy.cap("accessories"), policy.cap("phones")) == (1, 2)
    assert (policy.rest("food"), policy.rest("phones")) == (timedelta(days=21), None)


def test_a_shop_without_the_file_has_the_defaults(tmp_path):
    policy = read_policy(tmp_path)
    assert policy == Policy()
    assert (policy.cap("any"), policy.rest("any")) == (None, None)


def test_categories_that_the_catalogue_has_not_are_told():
    policy = Policy(category_caps={"foood": 1, "food": 2}, bought_again={"beuty": 3})
    assert policy.unknown_categories({"food", "beauty"}) == ["beuty", "foood"]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("diversity: 1.5", "diversity"),
        ("diversity: .nan", "diversity"),
        ("diversity: much", "diversity"),
        ("category_cap: 0", "category_cap"),
        ("category_cap: 2.5", "category_cap"),
        ("category_caps: {food: none}", "category_caps.food"),
        ("category_caps: {Food: 2}", "category_caps"),
        ("bought_again: {food: -1}", "bought_again.food"),
        ("bought_again: [food]", "bought_again"),
        ("caps: {food: 2}", "caps"),
        ("- food", "dict"),
        ("diversity: [", "line 1"),
        ("diversity: \udcff", "YAML"),
    ],
)
def test_a_mistake_is_named_with_the_file(tmp_path, text, named):
    (tmp_path / "recommendations.yml").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(SetupError) as error:
        read_policy(tmp_path)
    assert named in str(error.value)
    assert "recommendations.yml" in str(error.value)
    assert "\n" not in str(error.value)
