"""Templates filled with facts: true, within the rules, different from each other."""

import re
from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backends.campaigns.copy.briefs.brief import Offer
from backends.campaigns.copy.facts import gather
from backends.campaigns.copy.rules.all import judge
from backends.campaigns.copy.rules.rule import Copy
from backends.campaigns.copy.writing.likeness import likeness
from backends.campaigns.copy.writing.templates import write_from_templates
from tests.backends.campaigns.copy.conftest import EARBUDS, TEA, WATCH, brief, in_days, off

OFFERS = (
    None,
    off(30),
    off(50, minimum=300, code="DOUBLE12"),
    Offer("percent", 15, until=in_days(9)),
    Offer("free_shipping", minimum=99),
)


def written(asked, wares, material, count=3, seed="seed"):
    facts = gather(asked, [wares[id] for id in asked.products], material)
    return write_from_templates(asked, facts, material, count, seed), facts


@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_each_text_passes_all_rules_and_says_only_known_numbers(data, wares, material):
    """The second judge knows nothing of the guard: its numbers are strings of digits."""
    id = data.draw(st.sampled_from(sorted(wares)))
    language = data.draw(st.sampled_from(["zh", "en"]))
    asked = brief(
        id,
        language=language,
        tone=data.draw(st.sampled_from(sorted(material.tones))),
        channel=data.draw(st.sampled_from(sorted(material.channels))),
        offer=data.draw(st.sampled_from(OFFERS)),
    )
    found, facts = written(asked, wares, material, seed=data.draw(st.text(max_size=5)))
    assert len(found) == 3
    known = set(re.findall(r"\d+(?:\.\d+)?", " ".join(facts.evidence)))
    for variant in found:
        assert judge(Copy(variant.text, asked, facts, material)) == []
        assert set(re.findall(r"\d+(?:\.\d+)?", variant.text)) <= known
        assert "{" not in variant.text
        assert "[[" not in variant.text
    for one, other in combinations(found, 2):
        assert likeness(one.text, other.text) <= material.limits.likeness


def test_a_text_says_who_wrote_it_and_what_it_rests_on(wares, material):
    found, facts = written(brief(EARBUDS, offer=off(50)), wares, material)
    for variant in found:
        assert variant.writer == "templates"
        assert variant.template in {one.id for one in material.templates["zh"]}
        assert len(variant.grounds) >= 2
        for ground in variant.grounds:
            assert ground.piece in variant.text
            assert ground.fact in facts.evidence
            assert ground.source.startswith((f"product {EARBUDS}: ", "offer", "stock"))


def test_the_same_seed_writes_the_same_and_another_something_else(wares, material):
    first, _ = written(brief(EARBUDS), wares, material)
    again, _ = written(brief(EARBUDS), wares, material)
    assert first == again
    others = [written(brief(EARBUDS), wares, material, seed=str(n))[0] for n in range(5)]
    assert any([v.text for v in other] != [v.text for v in first] for other in others)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_ten_different_ones_of_one_product(wares, material, language):
    found, _ = written(brief(EARBUDS, language=language), wares, material, count=10)
    assert len({variant.text for variant in found}) == len(found) >= 8


def test_several_products_stand_with_their_own_prices(wares, material):
    found, _ = written(brief(EARBUDS, WATCH, TEA), wares, material)
    assert found
    for variant in found:
        for id in (EARBUDS, WATCH, TEA):
            line = next(line for line in variant.text.splitlines() if wares[id].names["zh"] in line)
            assert line.endswith(f"¥{wares[id].price_fen // 100}")


def test_points_come_first_and_the_audience_is_spoken_to(wares, material):
    asked = brief(EARBUDS, points=("六麦通话清晰",), tone="warm", audience="win_back")
    found, _ = written(asked, wares, material)
    assert found[0].template == "zh-warm-long-time"
    assert any("六麦通话清晰。" in one.text or "六麦通话清晰，" in one.text for one in found)


def test_few_left_is_said_where_the_brief_asks_for_it(wares, material):
    found, _ = written(brief(EARBUDS, scarce=True), wares, material)
    assert all("不多" in variant.text for variant in found)


def test_what_the_law_forbids_is_left_out_of_the_products_own_facts(wares, material):
    """The catalogue calls the scarf the first choice of presents."""
    scarf = wares["CL-9016"]
    assert "首选" in scarf.summary["zh"]
    found, facts = written(brief(scarf.id), wares, material, count=5)
    assert not any("首选" in text for text in facts.evidence)
    assert found
    assert not any("首选" in variant.text for variant in found)


def test_there_are_enough_templates(material):
    for language in ("zh", "en"):
        assert len(material.templates[language]) >= 40
