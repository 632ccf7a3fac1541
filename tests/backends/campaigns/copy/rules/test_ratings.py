import pytest

from backends.campaigns.copy.rules.ratings import Ratings


@pytest.mark.parametrize(
    "text", ["评分 4.9。", "五星好评。", "4.8 分口碑。", "Rated 4.9.", "5-star."]
)
def test_ratings_are_not_advertised(copy_of, text):
    assert Ratings().objection(copy_of(text)) is not None


@pytest.mark.parametrize("text", ["欢迎评价。", "Stars on the ceiling.", "降噪 48 分贝。"])
def test_other_numbers_and_stars_pass(copy_of, text):
    assert Ratings().objection(copy_of(text)) is None
