"""The page of figures: what it says is what happened, in both languages, whatever the address."""

import re
from datetime import timedelta
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backends.insights.measures.definitions import measures
from tests.backends.console.insights.history import EVIL, MODELS, shares
from tests.backends.console.insights.reading import links, stats, table

PATHS = (
    "/staff/insights",
    "/staff/insights/conversations",
    "/staff/insights/conversations/1",
    "/staff/insights/export.csv",
)
MODEL = MODELS[1]


def days(first, last, **more):
    return "/staff/insights?" + urlencode({"from": first, "to": last, **more})


def shown(value, unit):
    if value is None:
        return "–"
    written = f"{value * 100:.1f}%" if unit == "share" else f"{value:,.1f}"
    return written.replace("-", "−")


@pytest.mark.parametrize(
    "only",
    [{}, {"channel": "web"}, {"language": "en"}, {"model": MODEL},
     {"channel": "wechat", "language": "zh", "model": MODELS[0]}],
    ids=str,
)  # fmt: skip
def test_figures_are_those_of_the_history(sue, history, only):
    first = history.last - timedelta(days=29)
    page = sue.get(days(first, history.last, **only))
    assert page.status_code == 200
    talks = history.on(
        first, history.last, lambda one: all(getattr(one, name) == only[name] for name in only)
    )
    found, expected = stats(page.text), shares(talks)
    assert set(found) == set(measures())
    assert found["conversations"]["value"] == f"{len(talks):,}"
    assert found["messages"]["value"] == f"{sum(len(one.said) for one in talks):,}"
    for name, (value, of) in expected.items():
        assert found[name]["value"] == shown(value, measures()[name].unit), name
        assert found[name]["of"] == f"of {of:,} {measures()[name].of['en']}", name
        assert found[name]["definition"] == measures()[name].definitions["en"]
    bought = sum(one.bought_fen or 0 for one in talks)
    revenue = found["recommendation_revenue"]["value"]
    assert revenue == (f"¥{bought / 100:,.0f}" if bought >= 1e6 else f"¥{bought / 100:,.2f}")
    assert found["handling_seconds"]["value"] == "5 min"
    assert found["staff_response_seconds"]["value"] == "3 min"


def test_a_segment_is_chosen_by_its_name_and_counts_its_customers(sue, history):
    page = sue.get(days(history.first, history.last, segment="bargain_hunters")).text
    members = [one for one in history.talks if one.in_segment]
    assert stats(page)["conversations"]["value"] == str(len(members))
    assert '<option value="bargain_hunters" selected>Bargain hunters</option>' in page
    without = sue.get(days(history.first, history.last, segment="-")).text
    assert stats(without)["conversations"]["value"] == str(len(history.talks) - len(members))
    assert '<option value="-" selected>No segment</option>' in without


def test_changes_are_against_the_days_before_and_judged_by_what_is_better(sue, history):
    first = history.last - timedelta(days=29)
    page = sue.get(days(first, history.last)).text
    now = shares(history.on(first, history.last))
    earlier = first - timedelta(days=30)
    before = shares(history.on(earlier, first - timedelta(days=1)))
    assert f"Changes are against {earlier} to {first - timedelta(days=1)}." in page
    found = stats(page)
    judged = 0
    for name, (value, _) in now.items():
        measure, by = measures()[name], value - before[name][0]
        size = by * 100 if measure.unit == "share" else by
        if abs(size) < 0.05:
            assert found[name]["change"] == "No change"
            continue
        words = "points" if measure.unit == "share" else ""
        sign = "+" if size > 0 else "−"
        assert found[name]["change"] == f"{sign}{abs(size):.1f} {words}".strip()
        better = "up" if by > 0 else "down"
        assert found[name]["verdict"] == ("good" if measure.good == better else "bad")
        judged += 1
    assert judged > 4
    # Nothing was before the first day.
    oldest = stats(sue.get(days(history.first, history.first + timedelta(days=9))).text)
    assert oldest["containment"]["change"] == "Nothing to compare with"
    assert oldest["containment"]["verdict"] == ""


def test_tables_under_the_charts_say_each_day(sue, history):
    first = history.last - timedelta(days=13)
    page = sue.get(days(first, history.last)).text
    span = [first + timedelta(days=n) for n in range(14)]
    by_day = [history.on(day, day) for day in span]
    assert table(page, "chart-volume")[1:] == [
        [str(day), str(len(talks)), str(sum(one.fallbacks for one in talks))]
        for day, talks in zip(span, by_day, strict=True)
    ]
    assert table(page, "chart-containment")[1:] == [
        [
            str(day),
            *(shown(shares(talks)[name][0], "share") for name in ("containment", "handover_rate")),
        ]
        for day, talks in zip(span, by_day, strict=True)
    ]
    assert table(page, "chart-satisfaction")[1:] == [
        [
            str(day),
            shown(shares(talks)["csat"][0], "share"),
            shown(shares(talks)["nps"][0], "score"),
        ]
        for day, talks in zip(span, by_day, strict=True)
    ]
    sentiment = table(page, "chart-sentiment")
    assert sentiment[0] == ["Day", "Negative", "Neutral", "Positive"]
    said = [each for talks in by_day for one in talks for each in one.said]
    for at, name in enumerate(("negative", "neutral", "positive"), start=1):
        assert sum(int(row[at]) for row in sentiment[1:]) == sum(each[1] == name for each in said)
    intents = table(page, "chart-intents")[1:]
    assert {row[0]: int(row[1]) for row in intents} == {
        name: sum(each[0] == name for each in said) for name in {each[0] for each in said}
    }
    assert [int(row[1]) for row in intents] == sorted(
        (int(row[1]) for row in intents), reverse=True
    )


@pytest.mark.parametrize("by", ["channel", "language", "segment", "model"])
def test_side_by_side_sorted_by_any_heading(sue, history, by):
    address = days(history.first, history.last, by=by)
    page = sue.get(address).text
    rows = table(page, "breakdown")
    if by != "segment":
        assert sum(int(row[1]) for row in rows[1:]) == len(history.talks)
    headings = [each for each in links(page, "breakdown") if "sort=" in each or "by=" in each]
    for at, name in ((0, "name"), (1, "conversations"), (4, "handover_rate")):
        for order, sort in (("descending", f"-{name}"), ("ascending", name)):
            body = sue.get(f"{address}&sort={sort}").text
            column = [row[at] for row in table(body, "breakdown")[1:]]
            key = (lambda each: each.casefold()) if at == 0 else lambda each: float(each.strip("%"))
            assert column == sorted(column, key=key, reverse=order == "descending")
            assert body.count("aria-sort=") == 1
            assert f'aria-sort="{order}"' in body
    assert headings
    # A name leads to its own figures.
    own = next(
        each
        for each in links(page, "breakdown")
        if f"{by}=" in each and "sort=" not in each and (f"&{by}=" in each)
    )
    name = rows[1][0]
    assert stats(sue.get(own).text)["conversations"]["value"] == next(
        row[1] for row in rows[1:] if row[0] == name
    )


def test_in_chinese(insight_desk, history):
    pat = insight_desk.staff("pat")
    page = pat.get(days(history.first, history.last)).text
    assert '<html lang="zh-CN">' in page
    for name, one in stats(page).items():
        assert one["definition"] == measures()[name].definitions["zh"]
        assert measures()[name].labels["zh"] in page
    assert stats(page)["handling_seconds"]["value"] == "5 分"
    assert "微信" in page
    wrong = pat.get("/staff/insights?from=x&to=2026-11-01")
    assert "“x”不是有效日期" in wrong.text
    assert "Insights" not in page


@pytest.mark.parametrize(
    ("query", "sentence"),
    [("from=2026-13-01&to=2026-11-01", "“2026-13-01” is not a date"),
     ("from=2026-11-01&to=<b>", "“<b>” is not a date"),
     ("from=2026-11-02&to=2026-11-01", "The first day is after the last"),
     ("from=0001-01-01&to=2026-11-01", "“0001-01-01” is not a date"),
     ("from=9999-12-31&to=9999-12-31", "“9999-12-31” is not a date"),
     ("from=2999-01-01&to=2999-02-01", "These days are still to come"),
     ("from=2001-01-01&to=2026-11-01", "choose fewer"),
     ("period=12", "There is no period “12”"),
     ("channel=pigeon", "Channel: there are no conversations with “pigeon”"),
     ("language=fr", "Language: there are no conversations with “fr”"),
     ("segment=nobodies", "Segment: there are no conversations with “nobodies”"),
     ("model=%00", "Model: there are no conversations with")],
)  # fmt: skip
def test_what_cannot_be_used_is_said_and_all_else_kept(sue, query, sentence):
    kept = "" if "language" in query else "&language=en"
    page = sue.get(f"/staff/insights?{query}{kept}")
    assert page.status_code == 400
    notices = re.findall(r'role="alert">(.*?)</p>', page.text)
    assert len(notices) == 1
    assert sentence.replace("<b>", "&lt;b&gt;") in notices[0]
    if kept:
        assert '<option value="en" selected>' in page.text
    assert int(stats(page.text)["conversations"]["value"]) > 0


def test_days_without_conversations_lead_to_those_with_some(sue, history):
    page = sue.get("/staff/insights?from=2020-01-01&to=2020-02-01&channel=web")
    assert page.status_code == 200
    assert "No conversations in these days" in page.text
    assert f"from {history.first} to {history.last}" in page.text
    offered = f"from={history.last - timedelta(days=29)}&amp;to={history.last}&amp;channel=web"
    assert offered in page.text


def test_a_shop_without_conversations_says_what_to_do(desk):
    sue = desk.staff("sue")
    page = sue.get("/staff/insights").text
    assert "No conversations yet" in page
    assert "endpoints.yml" in page
    assert "export.csv" not in page
    assert "No such conversation" in sue.get("/staff/insights/conversations").text
    assert sue.get("/staff/insights/export.csv").status_code == 200


def test_the_form_leads_to_a_short_address(sue):
    form = {
        "form": "1",
        "period": "30",
        "channel": "",
        "language": "en",
        "segment": "",
        "model": "",
    }
    first = re.search(r'name="from" value="([^"]+)"', sue.get("/staff/insights").text)[1]
    last = re.search(r'name="to" value="([^"]+)"', sue.get("/staff/insights").text)[1]
    same = sue.get("/staff/insights", params={**form, "from": first, "to": last})
    assert same.headers["location"] == "/staff/insights?language=en"
    other = sue.get("/staff/insights", params={**form, "from": "2026-01-01", "to": "2026-01-31"})
    assert other.headers["location"] == (
        "/staff/insights?from=2026-01-01&to=2026-01-31&language=en"
    )
    wrong = sue.get("/staff/insights", params={**form, "from": "tomorrow", "to": last})
    assert f"from=tomorrow&to={last}" in wrong.headers["location"]


@pytest.mark.parametrize("period", ["7", "30", "90", "month"])
def test_a_period_moves_along_and_keeps_the_filters(sue, period):
    page = sue.get(f"/staff/insights?period={period}&channel=web").text
    assert page.count('aria-current="true"') == 2  # the period, and the breakdown's dimension
    query = "channel=web" if period == "30" else f"period={period}&amp;channel=web"
    assert f'href="/staff/insights?{query}" aria-current="true"' in page


def test_the_other_language_keeps_what_was_chosen(insight_desk):
    pat = insight_desk.staff("pat")
    page = pat.get("/staff/insights?period=7&channel=web").text
    assert 'name="next" value="/staff/insights?period=7&amp;channel=web"' in page
    moved = pat.post("/staff/language", language="zh", next="/staff/insights?period=7&channel=web")
    assert moved.headers["location"] == "/staff/insights?period=7&channel=web"


@pytest.mark.parametrize("path", PATHS)
def test_only_supervisors(insight_desk, path):
    refused = insight_desk.staff("ann").get(path)
    assert refused.status_code == 403
    assert "This page is for supervisors." in refused.text
    away = insight_desk.stranger().get(f"{path}?period=7")
    assert away.status_code == 303
    assert away.headers["location"] == f"/staff/login?next={quote(path + '?period=7', safe='')}"


@pytest.mark.parametrize("path", PATHS[:3])
def test_nothing_that_customers_or_models_are_called_is_markup(sue, history, path):
    page = sue.get(f"{path}?by=model&period=90&model={quote(MODEL)}")
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=\"|style=|<style|javascript:", page.text)
    for evil in (EVIL, "<b>new</b>", "<i>greet</i>"):
        assert evil not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.dictionaries(
        st.sampled_from(
            ["period", "from", "to", "channel", "language", "segment", "model", "by", "sort",
             "only", "page", "form"]
        ),
        st.one_of(
            st.text(max_size=80),
            st.sampled_from(["web", "-nps", "name", "2026-02-30", "1970-01-01", "8999-12-31", "1",
                             "9" * 30, "handed_over", "month"]),
        ),
    ),
    st.sampled_from(PATHS),
)  # fmt: skip
def test_no_address_breaks_a_page(sue, chosen, path):
    chosen = {name: value.encode("utf-8", "ignore") for name, value in chosen.items()}
    answer = sue.get(path, params=chosen)
    assert answer.status_code in (200, 303, 400, 404), answer.text[:300]
    if "location" in answer.headers:
        assert answer.headers["location"].startswith("/staff/insights")
        assert sue.get(answer.headers["location"]).status_code in (200, 400)
