import pytest

from backends.campaigns.copy.briefs.brief import Offer
from backends.campaigns.copy.rules.offer_terms import OfferTerms
from tests.backends.campaigns.copy.conftest import in_days, off


def day(number):
    until = in_days(number)
    return f"{until.month} 月 {until.day} 日"


def test_a_whole_offer_passes(copy_of):
    offer = off(50, minimum=300, code="DOUBLE12")
    text = f"满 300 元减 50 元，优惠码 double12，{day(7)}截止。"
    assert OfferTerms().objection(copy_of(text, offer=offer)) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("满 300 元减 50 元，{day}截止。", "code"),
        ("满 300 元有优惠，优惠码 DOUBLE12，{day}截止。", "value"),
        ("减 50 元，优惠码 DOUBLE12，{day}截止。", "minimum"),
        ("满 300 元减 50 元，优惠码 DOUBLE12。", "until"),
        ("静谷 Pro 降噪耳机。", "code"),
    ],
)
def test_no_term_may_be_left_out(copy_of, text, why):
    offer = off(50, minimum=300, code="DOUBLE12")
    found = OfferTerms().objection(copy_of(text.format(day=day(7)), offer=offer))
    # A sum that is missing is the first one missing, be it the reduction or the minimum.
    assert found.why in ({"value", "minimum"} if why in ("value", "minimum") else {why})


def test_a_gift_is_named(copy_of):
    offer = Offer("gift", gift="帆布袋")
    assert OfferTerms().objection(copy_of("买耳机有礼物。", offer=offer)).what == "帆布袋"
    assert OfferTerms().objection(copy_of("买耳机送帆布袋。", offer=offer)) is None


def test_nothing_is_asked_of_a_text_without_offer(copy_of):
    assert OfferTerms().objection(copy_of("静谷 Pro 降噪耳机。")) is None
