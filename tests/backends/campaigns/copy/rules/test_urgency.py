import pytest

from backends.campaigns.copy.rules.urgency import Urgency
from backends.clock import today
from tests.backends.campaigns.copy.conftest import off


@pytest.mark.parametrize(
    "text",
    ["最后一天！", "最后 2 小时。", "仅限今天。", "今晚截止。", "马上涨价。", "倒计时开始。",
     "Last day!", "Today only.", "Ends tonight.", "Flash sale.", "2 hours left."],
)  # fmt: skip
def test_nobody_is_pressed(copy_of, text):
    assert Urgency().objection(copy_of(text, offer=off(50))) is not None


def test_the_last_day_may_be_named_on_the_last_day(copy_of):
    assert Urgency().objection(copy_of("优惠最后一天。", offer=off(50, until=today()))) is None
    assert Urgency().objection(copy_of("仅限今天，最后 2 小时。", offer=off(50, until=today())))


@pytest.mark.parametrize("text", ["12 月 5 日截止。", "Until 5 December.", "续航 12 小时。"])
def test_a_plain_date_passes(copy_of, text):
    assert Urgency().objection(copy_of(text, offer=off(50))) is None
