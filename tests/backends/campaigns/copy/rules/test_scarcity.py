import pytest

from backends.campaigns.copy.rules.scarcity import Scarcity


@pytest.mark.parametrize(
    "text",
    ["库存不多。", "仅剩 3 件。", "最后 5 台。", "限量发售。", "即将售罄。", "Only 3 left.",
     "While stocks last.", "Limited stock.", "Selling fast."],
)  # fmt: skip
def test_few_left_is_not_said_by_itself(copy_of, text):
    assert Scarcity().objection(copy_of(text)) is not None


def test_it_may_be_said_in_the_shops_words_where_the_brief_asks_for_it(copy_of):
    assert Scarcity().objection(copy_of("库存不多。", scarce=True)) is None
    assert Scarcity().objection(copy_of("库存不多，仅剩 3 件。", scarce=True)).what == "仅剩"


@pytest.mark.parametrize("text", ["只有 280 克。", "The bag is left open.", "一芽一叶。"])
def test_what_only_looks_like_it_passes(copy_of, text):
    assert Scarcity().objection(copy_of(text)) is None
