"""From a figure to the conversations behind it, and to what was said in them."""

import html
import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from tests.backends.console.insights.history import EVIL
from tests.backends.console.insights.reading import stats

WHICH = {
    "": lambda one: True,
    "fallback": lambda one: one.fallbacks > 0,
    "handed_over": lambda one: one.handed_over,
    "negative": lambda one: one.negative > 0,
    "unsolved": lambda one: one.solved is False,
}


def ids(page):
    return [int(each) for each in re.findall(r'href="/staff/insights/conversations/(\d+)', page)]


def all_ids(sue, query):
    """The ids of all pages, in order."""
    found, address = [], f"/staff/insights/conversations?{query}"
    while address:
        page = sue.get(address).text
        found += ids(page)
        more = re.search(r'<a class="button" href="([^"]+)">Next page', page)
        address = html.unescape(more[1]) if more else ""
    return found


@pytest.mark.parametrize("only", list(WHICH))
@pytest.mark.parametrize("filters", [{}, {"channel": "web", "language": "zh"}], ids=str)
def test_the_conversations_of_each_kind_page_by_page(sue, history, only, filters):
    query = urlencode({"from": history.first, "to": history.last, "only": only, **filters})
    expected = {
        one.id
        for one in history.talks
        if WHICH[only](one) and all(getattr(one, name) == filters[name] for name in filters)
    }
    found = all_ids(sue, query)
    assert len(found) == len(set(found))
    assert set(found) == expected
    when = {one.id: one.at for one in history.talks}
    assert [when[each] for each in found] == sorted((when[each] for each in found), reverse=True)


@pytest.mark.parametrize(
    ("name", "only"),
    [("fallback_rate", "fallback"), ("handover_rate", "handed_over"),
     ("negative_share", "negative"), ("resolution", "unsolved"), ("conversations", "")],
)  # fmt: skip
def test_a_figure_leads_to_its_conversations(sue, history, name, only):
    first = history.last - timedelta(days=6)
    page = sue.get(f"/staff/insights?from={first}&to={history.last}").text
    link = stats(page)[name]["link"]
    expected = {one.id for one in history.on(first, history.last, WHICH[only])}
    assert set(ids(sue.get(link).text)) == expected


def test_a_conversation_says_what_was_understood(sue, history):
    one = next(each for each in history.talks if each.fallbacks and each.negative)
    address = f"/staff/insights/conversations/{one.id}?period=90&only=fallback&page=2"
    page = sue.get(address).text
    bubbles = [html.unescape(each) for each in re.findall(r'class="bubble"[^>]*>(.*?)</div>', page)]
    assert sorted(bubbles) == sorted(
        ["[phone] 您好", *(f"{EVIL} {at}" for at in range(len(one.said)))]
    )
    assert [each for each in bubbles if each != "[phone] 您好"] == [
        f"{EVIL} {at}" for at in range(len(one.said))
    ]
    tags = [
        html.unescape(each) for each in re.findall(r'<span class="tag[^"]*">(.*?)</span>', page)
    ]
    for intent, sentiment, _ in one.said:
        assert f"{intent} 87.5%" in tags
        assert sentiment.title() in tags
    assert tags.count("Not understood") == one.fallbacks
    assert one.sender not in page
    back = "/staff/insights/conversations?period=90&amp;only=fallback&amp;page=2"
    assert f'href="{back}"' in page


@pytest.mark.parametrize("number", ["0", "x", "-1", "999999", "9" * 18, "9" * 40, "1.5", "%00"])
def test_no_such_conversation(sue, number):
    answer = sue.get(f"/staff/insights/conversations/{number}")
    assert answer.status_code == 404
    assert "There is nothing here." in answer.text


def test_none_of_this_kind_says_what_to_do(sue, history):
    none = sue.get("/staff/insights/conversations?from=2020-01-01&to=2020-01-31").text
    assert "Choose more days or fewer filters" in none
    beyond = sue.get("/staff/insights/conversations?period=90&page=999999").text
    assert "Go back one page" in beyond
