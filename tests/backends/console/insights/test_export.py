"""The figures as a file."""

import csv
import io
from datetime import timedelta
from urllib.parse import quote

from tests.backends.console.insights.history import MODELS


def rows(answer):
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def test_the_file_adds_up_to_the_page(sue, history):
    first = history.last - timedelta(days=44)
    answer = sue.get(f"/staff/insights/export.csv?from={first}&to={history.last}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-disposition"] == (
        f'attachment; filename="xiaoer-insights-{first}-{history.last}.csv"'
    )
    found, talks = rows(answer), history.on(first, history.last)
    assert sum(int(row["conversations"]) for row in found) == len(talks)
    assert sum(int(row["messages"]) for row in found) == sum(len(one.said) for one in talks)
    assert {row["day"] for row in found} == {str(one.day) for one in talks}
    assert answer.text.count("\r\n") == len(found) + 1


def test_filters_count_in_the_file_too(sue, history):
    answer = sue.get(
        f"/staff/insights/export.csv?from={history.first}&to={history.last}"
        f"&channel=web&model={quote(MODELS[1])}"
    )
    found = rows(answer)
    talks = [one for one in history.talks if one.channel == "web" and one.model == MODELS[1]]
    assert sum(int(row["conversations"]) for row in found) == len(talks)
    assert {row["channel"] for row in found} == {"web"}
    # No spreadsheet takes the model's name for a formula.
    assert {row["model"] for row in found} == {f"'{MODELS[1]}"}


def test_a_wrong_address_leads_to_the_page_that_says_so(sue):
    answer = sue.get("/staff/insights/export.csv?from=x&to=y&channel=web")
    assert answer.status_code == 303
    page = sue.get(answer.headers["location"])
    assert page.status_code == 400
    assert "is not a date" in page.text
