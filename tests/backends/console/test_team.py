"""Accounts: supervisors manage them, everybody their own."""

import pytest

from tests.backends.console.desk import PASSWORD

NEW = {"username": "li", "name": "小李", "role": "agent", "languages": ["zh"], "password": PASSWORD}
NEXT = "yet another long word"


def number(desk, username):
    return desk.shop.sql("SELECT id FROM staff WHERE username = ?", username)[0][0]


def form(desk, username, **other):
    columns = "name, role, most_tickets, slack_user, active"
    row = desk.shop.sql(f"SELECT {columns} FROM staff WHERE username = ?", username)[0]
    fields = {
        "languages": ["zh", "en"],
        **dict(zip(columns.split(", "), row, strict=True)),
        **other,
    }
    return {name: value for name, value in fields.items() if value not in (None, 0, "")}


@pytest.mark.parametrize("path", ["/staff/team", "/staff/team/1"])
def test_an_agent_neither_sees_nor_changes_accounts(desk, path):
    ann = desk.staff("ann")
    before = desk.shop.sql("SELECT id, username, role, active FROM staff")
    assert ann.get(path).status_code == 403
    answer = ann.post(path, **NEW)
    assert answer.status_code == 403
    assert "This page is for supervisors." in answer.text
    assert 'href="/staff/team"' not in ann.get("/staff/").text
    assert desk.shop.sql("SELECT id, username, role, active FROM staff") == before


def test_a_supervisor_makes_changes_and_disables_an_account(desk):
    sue = desk.staff("sue")
    assert sue.post("/staff/team", **NEW).status_code == 303
    assert "小李" in sue.get("/staff/team").text
    li = desk.staff("li")
    assert "我的账号" in li.get("/staff/").text

    path = f"/staff/team/{number(desk, 'li')}"
    changed = form(desk, "li", role="supervisor", slack_user="U012AB3CD", most_tickets="3")
    assert sue.post(path, **changed).status_code == 303
    assert li.get("/staff/team").status_code == 200
    assert desk.shop.sql("SELECT slack_user, most_tickets FROM staff WHERE username = 'li'") == [
        ("U012AB3CD", 3)
    ]
    # A new password ends the logins there are, and so does disabling.
    assert sue.post(path, **form(desk, "li", password=NEXT)).status_code == 303
    assert li.get("/staff/").status_code == 303
    assert li.log_in("li").status_code == 403
    assert li.log_in("li", NEXT).status_code == 303
    assert sue.post(path, **form(desk, "li", active=None)).status_code == 303
    assert li.get("/staff/").status_code == 303
    assert "Disabled" in sue.get("/staff/team").text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"username": "ann"}, "There is an account ann already."),
        ({"username": "a b"}, "A user name has 2 to 40"),
        ({"password": "short"}, "A password has at least 10 characters."),
        ({"role": "owner"}, "There is no such role."),
        ({"languages": []}, "Choose at least one language."),
    ],
)
def test_what_cannot_be_used_is_said_and_nothing_is_made(desk, fields, sentence):
    sue = desk.staff("sue")
    before = desk.shop.sql("SELECT count(*) FROM staff")
    answer = sue.post("/staff/team", **{**NEW, "username": "zoe", **fields})
    assert answer.status_code == 400
    assert sentence in answer.text
    assert PASSWORD not in answer.text
    assert desk.shop.sql("SELECT count(*) FROM staff") == before


@pytest.mark.parametrize("other", [{"role": "agent"}, {"active": None}])
def test_the_last_supervisor_stays(desk, other):
    desk.shop.sql("UPDATE staff SET active = 0 WHERE username = 'li'")
    sue = desk.staff("sue")
    answer = sue.post(f"/staff/team/{number(desk, 'sue')}", **form(desk, "sue", **other))
    assert answer.status_code == 400
    assert "last supervisor" in answer.text
    assert sue.get("/staff/team").status_code == 200


def test_ones_own_account(desk):
    kit, elsewhere = desk.staff("kit"), desk.staff("kit")
    assert kit.post("/staff/me", name="Kitty", languages="en", most_tickets="").status_code == 303
    assert 'value="Kitty"' in kit.get("/staff/me").text
    assert kit.post("/staff/me", name="", languages="en").status_code == 400
    assert kit.post("/staff/me", name="Kitty", languages="en", role="supervisor").status_code == 303
    assert desk.shop.sql("SELECT role FROM staff WHERE username = 'kit'") == [("agent",)]

    change = {"old": PASSWORD, "new": NEXT, "again": NEXT}
    assert kit.post("/staff/me/password", **{**change, "old": "wrong"}).status_code == 403
    assert kit.post("/staff/me/password", **{**change, "again": "other"}).status_code == 400
    assert kit.post("/staff/me/password", **change).status_code == 303
    assert kit.get("/staff/me").status_code == 200
    assert elsewhere.get("/staff/me").status_code == 303
    assert desk.stranger().log_in("kit", NEXT).status_code == 303


def test_the_old_password_cannot_be_guessed_from_an_open_page(desk):
    pat = desk.staff("pat")
    guess = {"old": "a wrong guess", "new": NEXT, "again": NEXT}
    answers = [pat.post("/staff/me/password", **guess).status_code for _ in range(6)]
    assert answers == [403] * 5 + [429]
    assert pat.post("/staff/me/password", **{**guess, "old": PASSWORD}).status_code == 429


def test_away_and_back(desk):
    ann, sue = desk.staff("ann"), desk.staff("sue")
    state = "SELECT away FROM staff WHERE username = 'ann'"
    assert ann.post("/staff/presence", away="1").status_code == 303
    assert desk.shop.sql(state) == [(1,)]
    assert "You are away" in ann.get("/staff/").text
    assert ann.post("/staff/presence", away="").status_code == 303
    assert desk.shop.sql(state) == [(0,)]
    assert "Online" in sue.get("/staff/team").text
