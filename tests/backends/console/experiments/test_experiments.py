"""The pages of experiments, by forms."""

import re
from datetime import timedelta

import pytest

from backends.campaigns.experiments import book
from backends.db import now
from tests.backends.console.experiments.trial import Trial


def form(**changes):
    last = str(book.shop_day(now()) + timedelta(days=30))
    return {
        "name": "Subject lines", "arms": "A\nB | 2", "kind": "ab", "measure": "conversion",
        "baseline": "10", "effect": "2", "deviation": "", "holdout": "10", "alpha": "5",
        "holdout_gets": "control", "power": "80", "rule": "fixed", "window_days": "7",
        "reports": "all", "features": "", "per_day": "500", "last_day": last, **changes,
    }  # fmt: skip


@pytest.fixture(scope="module")
def sue(desk):
    return desk.staff("sue")


def test_agents_see_none_of_it(desk):
    ann = desk.staff("ann")
    for path in ("/staff/experiments", "/staff/experiments/new"):
        assert ann.get(path).status_code == 403
    assert ann.post("/staff/experiments/new", step="create", **form()).status_code == 403


def test_a_draft_is_planned_made_started_and_stopped(desk, sue):
    before = desk.shop.sql("SELECT count(*) FROM experiments")
    planned = sue.post("/staff/experiments/new", step="plan", **form())
    assert planned.status_code == 200
    units, days = re.search(
        r"([\d,]+) customers with a known outcome: about (\d+) days", planned.text
    ).groups()
    assert 8000 < int(units.replace(",", "")) < 9500
    assert 16 < int(days) + 0 < 30
    assert 'value="Subject lines"' in planned.text, "what was typed stays"
    assert desk.shop.sql("SELECT count(*) FROM experiments") == before

    made = sue.post("/staff/experiments/new", step="create", **form())
    assert made.status_code == 303
    path = made.headers["location"]
    draft = sue.get(path).text
    assert f"Needs {units} customers" in draft
    assert "B 67%" in draft
    assert sue.post(f"{path}/start").status_code == 303
    assert "Not yet decided: 0 of" in sue.get(path).text
    assert sue.post(f"{path}/discard").status_code == 409

    unsure = sue.post(f"{path}/stop")
    assert unsure.status_code == 400
    assert "Confirm that you want to stop it." in unsure.text
    assert sue.post(f"{path}/stop", sure="1").status_code == 303
    stopped = sue.get(path).text
    assert "Stopped by hand" in stopped
    assert "Not decided: it ended after 0 of" in stopped
    assert sue.post(f"{path}/stop", sure="1").status_code == 409
    assert "Subject lines" in sue.get("/staff/experiments").text


def test_a_draft_can_be_discarded(sue):
    path = sue.post("/staff/experiments/new", step="create", **form()).headers["location"]
    assert sue.post(f"{path}/discard").headers["location"] == "/staff/experiments"
    assert sue.get(path).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "Give a name of at most 120 characters."),
        ({"arms": "A"}, "Give 2 to 10 arms"),
        ({"arms": "A\nA"}, "Two arms have the same name."),
        ({"arms": "A\nB | many"}, "A line of an arm is"),
        ({"baseline": "ten"}, "give a number from 0 to 100"),
        ({"baseline": "nan"}, "give a number from 0 to 100"),
        ({"effect": "95"}, "Rate and difference together"),
        ({"last_day": "2020-01-01"}, "The last day is over already"),
        ({"last_day": "soon"}, "Choose the last day."),
        ({"kind": "linucb"}, "LinUCB needs at least one feature."),
        ({"kind": "linucb", "features": "a b"}, "A line of a feature is"),
        ({"measure": "revenue", "deviation": ""}, "give a number from 0.01"),
    ],
)
def test_what_cannot_be_run_is_said_and_what_was_typed_stays(desk, sue, wrong, sentence):
    before = desk.shop.sql("SELECT count(*) FROM experiments")
    answer = sue.post("/staff/experiments/new", step="create", **form(**wrong))
    assert answer.status_code == 400
    assert sentence in answer.text
    assert desk.shop.sql("SELECT count(*) FROM experiments") == before


def test_results_in_plain_words(desk, sue):
    trial = Trial(desk, name="<i>Words</i>")
    trial.run(40, {"A": 0.2, "B": 0.8})
    early = sue.get(trial.path).text
    assert re.search(r"Not yet decided: 40 of \d+", early)
    assert "Against the control" not in early, "a fixed rule shows no difference early"
    trial.run(200, {"A": 0.2, "B": 0.8})
    page = sue.get(trial.path).text
    low, high = map(
        float, re.search(r"B is better than A, by ([\d.]+) to ([\d.]+) points", page).groups()
    )
    assert 40 < low < 60 < high < 75
    assert "&lt;i&gt;Words" in page
    assert "<i>Words" not in page
    assert page.count('class="whisker"') == 3
    assert " style=" not in page


def test_another_policy_is_estimated(desk, sue):
    trial = Trial(desk, name="Off-policy", effect=0.02)
    assert (
        "There is no customer with a known outcome yet."
        in sue.post(f"{trial.path}/off-policy", policy="always:B").text
    )
    for _ in range(2):
        trial.run(200, {"A": 0.2, "B": 0.6})
    page = sue.post(f"{trial.path}/off-policy", policy="always:B").text
    assert "From 400 customers" in page
    shown = re.search(r"Weighted, normalised</h3>\s*<p[^>]*><strong>([\d.]+)%", page)
    assert float(shown[1]) == pytest.approx(60, abs=1)
    both = sue.post(
        f"{trial.path}/off-policy", policy="weights", arm=["A", "B"], weight=["1", "1"]
    ).text
    shown = re.search(r"Weighted, normalised</h3>\s*<p[^>]*><strong>([\d.]+)%", both)
    assert float(shown[1]) == pytest.approx(40, abs=5)
    for wrong in (
        {"policy": "always:Z"},
        {"policy": "linear"},
        {"policy": "x"},
        {"policy": "weights", "arm": ["A", "B"], "weight": ["1", "x"]},
        {"policy": "weights", "arm": ["A"], "weight": ["1", "2"]},
    ):
        answer = sue.post(f"{trial.path}/off-policy", **wrong)
        assert answer.status_code in (400, 409)
        assert 'role="alert"' in answer.text


def test_every_kind_has_a_page(desk, sue):
    features = [{"name": "visits", "low": 0, "high": 9}]
    bandit = Trial(desk, kind="linucb", features=features, name="LinUCB", rule="sequential")
    bandit.run(150, {"A": 0.2, "B": 0.5}, {"visits": 3})
    assert "A bandit gives the better arm more often" in sue.get(bandit.path).text
    money = Trial(desk, measure="revenue", baseline=20, effect=5, deviation=30, name="Money")
    money.run(20, {"A": 1, "B": 1})
    assert "customers brought ¥" in sue.get(money.path).text
    assert sue.get("/staff/experiments").status_code == 200


def test_arms_named_by_copy_have_a_page(desk, sue):
    """Also of variants that are not approved, or gone."""
    trial = Trial(desk, name="Copy", arms=[{"name": "CP0123456789"}, {"name": "CPABCDEF0123"}])
    trial.run(20, {"CP0123456789": 0.5, "CPABCDEF0123": 0.5})
    page = sue.get(trial.path)
    assert page.status_code == 200
    assert "CPABCDEF0123" in page.text


def test_strange_addresses_are_not_found(sue):
    for reference in ("EX0000000000", "x", "%00", "EX'--", "🐼"):
        assert sue.get(f"/staff/experiments/{reference}").status_code == 404
