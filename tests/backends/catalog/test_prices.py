import pytest
from hypothesis import given
from hypothesis import strategies as st

from backends.catalog.prices import MOST, parse_amount, parse_prices
from backends.search.text import normalise


@pytest.mark.parametrize(
    ("said", "low", "high", "rest"),
    [
        ("under 2000", None, 2000, ""),
        ("两千以下", None, 2000, ""),
        ("500到1000", 500, 1000, ""),
        ("phones under 2,000", None, 2000, "phones"),
        ("1,999元以内的耳机", None, 1999, "的耳机"),
        ("百元以内蓝牙音箱", None, 100, "蓝牙音箱"),
        ("千元机", 1000, 1999, "机"),
        ("1万以内的电脑", None, 10_000, "的电脑"),
        ("1.5万以内", None, 15_000, ""),
        ("5k往上的手机", 5000, None, "的手机"),
        ("两千五以下的手机", None, 2500, "的手机"),
        ("六千到八千之间 游戏本", 6000, 8000, "游戏本"),
        ("最低1000最高1500的洗碗机", 1000, 1500, "的洗碗机"),
        ("不锈钢锅别超过150", None, 150, "不锈钢锅"),
        ("不低于1500", 1500, None, ""),
        ("between 500 and 1k headphones", 500, 1000, "headphones"),
        ("1-2k laptop", 1000, 2000, "laptop"),
        ("20-30 bucks mug", 20, 30, "mug"),
        ("五到八百的耳机", 500, 800, "的耳机"),
        ("两三百的耳机", 200, 300, "的耳机"),
        ("两千多的手机", 2000, 2999, "的手机"),
        ("几百块的耳机", 100, 999, "的耳机"),
        ("2k", 1600, 2400, ""),
        ("¥1999", 1599.2, 2398.8, ""),
        ("￥１９９９", 1599.2, 2398.8, ""),
        ("500左右", 400, 600, ""),
        ("around 500", 400, 600, ""),
        ("预算300左右", 240, 360, ""),
        ("预算大概五百 耳机", 400, 600, "耳机"),
        ("budget of around 500", 400, 600, ""),
        ("budget 500 or so headphones", 400, 600, "headphones"),
        ("预算300", None, 300, ""),
        ("at least 1000 max 3000", 1000, 3000, ""),
        ("<=300", None, 300, ""),
        ("budget 3000 laptop", None, 3000, "laptop"),
        ("三千五百块以内", None, 3500, ""),
        ("128gb手机三千以内", None, 3000, "128gb手机"),
        ("1000片拼图100以内", None, 100, "1000片拼图"),
    ],
)
def test_prices_are_read_and_taken_out(said, low, high, rest):
    found = parse_prices(normalise(said))
    assert (found.low, found.high, found.rest) == (low, high, rest)


@pytest.mark.parametrize(
    "said",
    [
        "5000mAh 充电宝", "20000毫安以上的充电宝", "100W充电器", "42码跑鞋", "6.5寸手机",
        "3岁以上玩具", "for kids over 3", "4k显示器", "iphone 15", "小派A3", "星云X1",
        "500块积木", "1000块拼图", "万能遥控器", "三百六十度旋转支架", "size 40 to 42 shoes",
        "XD202610050012", "PH-1001-BK-128", "两人帐篷", "2人以上帐篷", "三件套", "",
        "over 20 hours battery", "8GB以上内存", "under", "以下",
    ],
)  # fmt: skip
def test_other_numbers_are_no_prices(said):
    found = parse_prices(normalise(said))
    assert (found.low, found.high) == (None, None)
    assert found.rest == normalise(said)


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("1,999", 1999), ("2k", 2000), ("1.5k", 1500), ("3w", 30_000), ("1万2", 12_000),
        ("两千五", 2500), ("三百二", 320), ("二百五十", 250), ("一万二", 12_000), ("¥500", 500),
        ("99.9元", 99.9), ("十", None), ("百", None), ("0", None), ("x", None),
        ("99999999999", None),
    ],
)  # fmt: skip
def test_amounts(said, value):
    assert parse_amount(said) == value


NUMBERS = st.integers(min_value=10, max_value=999_999)


@given(NUMBERS, st.sampled_from(["under {}", "{}以下", "{}元以内", "不超过{}", "最多{}块", "<{}"]))
def test_an_upper_bound_is_the_number_said(number, form):
    found = parse_prices(normalise(form.format(number)))
    assert (found.low, found.high) == (None, float(number))


@given(NUMBERS, NUMBERS, st.sampled_from(["{}到{}", "{}-{}", "{} to {}", "between {} and {}"]))
def test_a_range_is_ordered_whichever_way_it_is_said(one, other, form):
    found = parse_prices(normalise(form.format(one, other)))
    assert (found.low, found.high) == (float(min(one, other)), float(max(one, other)))


@given(st.integers(min_value=1, max_value=99), st.sampled_from("kK千"))
def test_thousands_in_all_scripts_are_the_same(number, unit):
    assert (
        parse_prices(normalise(f"{number}{unit}以下")).high == number * 1000 or number * 1000 < 10
    )


@given(
    st.text(max_size=80)
    | st.text(alphabet="0123456789.,-~到至kKwW万千百元块以下上 underov¥$两三多几左右", max_size=40)
)
def test_any_text_is_read_without_failing(text):
    found = parse_prices(normalise(text))
    for bound in (found.low, found.high):
        assert bound is None or 0 < bound <= MOST * 1.2
    if found.low is not None and found.high is not None:
        assert found.low <= found.high
    if found.low is None and found.high is None:
        assert found.rest == normalise(text)
