"""How a wish takes shape over several turns."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from actions.hearing import read
from actions.message import Message
from actions.wish import MAX_WORDS, Said, Wish

texts = st.none() | st.text("防水降噪礼物 a,b", min_size=1, max_size=30)
prices = st.none() | st.floats(1, 100_000).map(lambda value: round(value, 2))
ids = st.lists(st.sampled_from(["PH-1001", "PH-1002", "AU-4001", "KT-7012"]), max_size=3).map(tuple)
brands = st.lists(st.sampled_from(["lumivo", "pexora", "松鸣", "Nike"]), max_size=3).map(tuple)
sayings = st.builds(
    Said,
    words=texts.map(lambda text: text or ""),
    names_goods=st.booleans(),
    recipient=texts,
    color=texts,
    size=texts,
    category=texts,
    brand=st.none() | st.sampled_from(["lumivo", "pexora"]),
    unwanted=brands,
    price_min=prices,
    price_max=prices,
)
wishes = st.builds(
    Wish,
    words=st.lists(st.text("防水 ab", min_size=1, max_size=90), max_size=6).map(tuple),
    recipient=texts,
    color=texts,
    brand=st.none() | st.sampled_from(["lumivo", "pexora"]),
    without_brands=brands,
    price_min=prices,
    price_max=prices,
    below=prices,
    product=st.none() | st.just("PH-1001"),
    relation=st.sampled_from(["any", "similar", "goes_with"]),
    shown=ids,
)


def heard(text: str, intent: str, *entities: tuple) -> Said:
    """Read a message; an entity is a name, what stands in the text, and its value if another."""
    rows = []
    for name, words, *value in entities:
        start = text.index(words)
        rows.append(
            {
                "entity": name,
                "value": value[0] if value else words,
                "start": start,
                "end": start + len(words),
            }
        )
    return read(Message({"text": text, "intent": {"name": intent}, "entities": rows}))


@given(wishes)
def test_the_slot_keeps_a_wish(wish):
    assert Wish.from_slot(wish.to_slot()) == wish


@given(wishes, sayings)
def test_what_is_said_last_holds(wish, said):
    after = wish.refined(said)
    for name in ("recipient", "color", "size", "category"):
        if getattr(said, name):
            assert getattr(after, name) == getattr(said, name)
    if said.gives_bounds:
        assert (after.price_min, after.price_max) == (said.price_min, said.price_max)
        assert after.below is None
    if said.brand and said.brand not in said.unwanted:
        assert after.brand == said.brand


@given(wishes, sayings)
def test_no_brand_is_wanted_and_unwanted(wish, said):
    after = wish.refined(said)
    assert set(said.unwanted) <= set(after.without_brands)
    assert not said.unwanted or after.brand not in after.without_brands


@given(wishes, sayings)
def test_another_wish_has_been_shown_nothing(wish, said):
    assert wish.refined(said).shown == ()


@given(wishes, sayings)
def test_other_goods_keep_for_whom_for_how_much_and_which_brands_not(wish, said):
    after = wish.refined(replace(said, names_goods=True))
    assert after.recipient == (said.recipient or wish.recipient)
    assert after.price_max == (said.price_max if said.gives_bounds else wish.price_max)
    assert after.price_min == (said.price_min if said.gives_bounds else None)
    assert after.words == ((said.words,) if said.words else ())
    assert after.product is None
    assert after.below is None
    kept = set(wish.without_brands) - {said.brand}
    assert kept | set(said.unwanted) >= set(after.without_brands)


@given(wishes, st.floats(1, 100_000))
def test_cheaper_is_cheaper_than_before_and_than_the_price(wish, price):
    after = wish.cheaper_than(price)
    assert after.upper_bound < price
    assert after.price_max == wish.price_max
    assert after.price_min is None


@given(wishes)
def test_the_text_is_short_enough_and_keeps_what_was_said_last(wish):
    assert len(wish.text) <= MAX_WORDS
    if wish.words and len(wish.words[-1]) < 60:
        assert wish.words[-1] in wish.text


@given(wishes, ids)
def test_what_was_shown_is_kept_once(wish, products):
    shown = wish.showing(products).showing(products).shown
    assert len(shown) == len(set(shown))
    assert set(shown) == {*wish.shown, *products}


def test_a_search_becomes_a_wish():
    query = {"kind": "search", "q": "手机", "brand": "lumivo", "price_max": 999.0, "offset": 4}
    wish = Wish.from_slot(query)
    assert (wish.text, wish.brand, wish.upper_bound) == ("手机", "lumivo", 999.0)


def test_a_wish_over_several_turns():
    wish = Wish()
    for said in (
        heard("给我妈买的", "recommend_product", ("recipient", "我妈")),
        replace(heard("预算300以内", "inform", ("price", "300")), price_max=300.0),
        heard("不要派索牌", "exclude_brand", ("unwanted", "派索"), ("brand", "派索", "pexora")),
        heard("有没有防水的", "search_product"),
    ):
        wish = wish.refined(said)
    assert wish.recipient == "我妈"
    assert wish.upper_bound == 300
    assert wish.without_brands == ("pexora",)
    assert wish.text.startswith("我妈")
    assert "有没有防水的" in wish.text
    assert "300" not in wish.text
    other = wish.refined(heard("给我爸呢", "inform", ("recipient", "我爸")))
    assert "我妈" not in other.text
    assert other.upper_bound == 300


def test_a_brand_beside_a_negation_is_not_wanted():
    said = heard(
        "headphones, not Pexora but Sonquil",
        "search_product",
        ("product", "headphones"),
        ("unwanted", "Pexora"),
        ("brand", "Pexora", "pexora"),
        ("brand", "Sonquil", "sonquil"),
    )
    assert said.unwanted == ("pexora",)
    assert said.brand == "sonquil"
    assert said.names_goods
    assert "Pexora" not in said.words


def test_a_brand_the_shop_does_not_have_is_not_wanted_either():
    said = heard("someting for my dad, not Nike-like brand", "recommend_product",
                 ("recipient", "my dad"), ("unwanted", "Nike"))  # fmt: skip
    assert said.unwanted == ("Nike",)
    assert "Nike" not in said.words


def test_brands_of_another_brand_please_are_all_unwanted():
    said = heard("换掉流萤", "exclude_brand", ("brand", "流萤", "lumivo"))
    assert said.unwanted == ("lumivo",)
    assert said.brand is None


def test_a_pressed_button_has_no_words():
    said = heard('/exclude_brand{"brand": "x"}', "exclude_brand", ("brand", "x", "松鸣"))
    assert said == Said(unwanted=("松鸣",))
