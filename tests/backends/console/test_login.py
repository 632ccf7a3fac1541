"""Logging in and out, and what keeps others out."""

import re
import time

import pytest

from tests.backends.console.desk import PASSWORD, word_of

INSIDE = "/staff/tickets/T000000000000"


def far(desk, address):
    """Somebody at another address, behind the proxy that the server trusts."""
    return desk.stranger(headers={"X-Forwarded-For": address})


def test_whoever_is_not_logged_in_is_led_to_the_login_and_back(desk):
    visitor = desk.stranger()
    answer = visitor.get(f"{INSIDE}?show=mine")
    assert answer.status_code == 303
    login = answer.headers["location"]
    assert login == "/staff/login?next=%2Fstaff%2Ftickets%2FT000000000000%3Fshow%3Dmine"
    word = re.search(r'name="next" value="([^"]+)"', visitor.get(login).text)[1]
    assert visitor.log_in("ann", next=word).headers["location"] == f"{INSIDE}?show=mine"
    assert visitor.get("/staff/").status_code == 200


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/staff/", "//evil.example", "/staff/../v1", "/staff\\@x", ""]
)
def test_a_login_leads_nowhere_else(desk, elsewhere):
    assert desk.stranger().log_in("ann", next=elsewhere).headers["location"] == "/staff/"


def test_a_part_of_a_page_sends_the_whole_page_to_the_login(desk):
    answer = desk.stranger().get(
        "/staff/queue",
        headers={"HX-Request": "true", "HX-Current-URL": f"{desk.url}{INSIDE}?show=mine"},
    )
    assert answer.headers["hx-redirect"].endswith("%2FT000000000000%3Fshow%3Dmine")
    assert answer.text == ""


def test_the_cookie_cannot_be_read_or_sent_from_elsewhere(desk):
    cookie = desk.stranger().log_in("ann").headers["set-cookie"]
    name, _, rest = cookie.partition("=")
    assert name == "xiaoer_staff"
    assert {"HttpOnly", "SameSite=Lax", "Path=/staff"} <= set(rest.split("; "))
    assert "Secure" not in rest


def test_behind_https_the_cookie_is_for_https_alone(desk):
    visitor = desk.stranger(headers={"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.9"})
    page = visitor.get("/staff/login")
    assert "Secure" in page.headers["set-cookie"]


def test_the_table_holds_no_token(desk):
    staff = desk.staff("ann")
    token = staff.http.cookies["xiaoer_staff"]
    assert len(token) >= 40
    rows = str(desk.shop.sql("SELECT * FROM staff_sessions"))
    assert token not in rows
    assert token not in desk.shop.log.read_text()
    assert PASSWORD not in desk.shop.log.read_text()


def test_log_out_ends_the_login_on_the_server(desk):
    staff = desk.staff("ann")
    token = staff.http.cookies["xiaoer_staff"]
    assert staff.post("/staff/logout").headers["location"] == "/staff/login"
    thief = desk.stranger(cookies={"xiaoer_staff": token})
    assert thief.get("/staff/").status_code == 303


def test_a_login_of_long_ago_has_ended(desk):
    staff = desk.stranger()
    assert staff.log_in("ann").status_code == 303
    desk.shop.sql("UPDATE staff_sessions SET expires_at = '2020-01-01 00:00:00.000000'")
    assert staff.get("/staff/").status_code == 303


def test_a_login_that_is_used_lives_on(desk):
    staff = desk.stranger()
    assert staff.log_in("ann").status_code == 303
    early = "datetime('now', '+1 hour')"
    desk.shop.sql(
        f"UPDATE staff_sessions SET seen_at = datetime('now', '-1 hour'), expires_at = {early}"
    )
    assert staff.get("/staff/").status_code == 200
    hours = desk.shop.sql(
        "SELECT max((julianday(expires_at) - julianday('now')) * 24) FROM staff_sessions"
    )
    assert 11.9 < hours[0][0] <= 12


def test_a_wrong_word_of_the_form_is_refused(desk):
    visitor = desk.stranger()
    visitor.get("/staff/login")
    pair = {"username": "ann", "password": PASSWORD}
    for fields in (pair, {**pair, "form_word": "x" * 43}):
        answer = visitor.http.post("/staff/login", data=fields)
        assert answer.status_code == 403
        assert "xiaoer_staff=" not in answer.headers.get("set-cookie", "")


def test_five_wrong_tries_lock_the_name_at_that_address_alone(desk):
    here, there = far(desk, "192.0.2.1"), far(desk, "192.0.2.2")
    wrong = [here.log_in("ann", "wrong").status_code for _ in range(6)]
    assert wrong == [403] * 5 + [429]
    locked = here.log_in("ann")
    assert locked.status_code == 429
    assert 0 < int(locked.headers["retry-after"]) <= 900
    assert here.log_in("sue").status_code == 303
    assert there.log_in("ann").status_code == 303
    desk.shop.sql("UPDATE login_throttles SET locked_until = '2020-01-01 00:00:00.000000'")
    assert far(desk, "192.0.2.1").log_in("ann").status_code == 303


def test_a_right_try_forgets_the_wrong_ones(desk):
    visitor = far(desk, "192.0.2.3")
    for _ in range(2):
        assert [visitor.log_in("ann", "wrong").status_code for _ in range(4)] == [403] * 4
        assert far(desk, "192.0.2.3").log_in("ann").status_code == 303


def test_an_unknown_name_is_answered_like_a_wrong_password(desk):
    def answers(name, address):
        visitor = far(desk, address)
        found = []
        for _ in range(6):
            answer = visitor.log_in(name, "wrong password")
            page = answer.text.replace(word_of(answer.text), "").replace(f'value="{name}"', "")
            found.append((answer.status_code, page))
        return found

    assert answers("ann", "192.0.2.4") == answers("nobody", "192.0.2.5")


def test_an_unknown_name_takes_as_long(desk):
    def fastest(name, block):
        times = []
        for number in range(3):
            visitor = far(desk, f"198.51.{block}.{number}")
            word = word_of(visitor.get("/staff/login").text)
            begin = time.perf_counter()
            visitor.http.post(
                "/staff/login", data={"form_word": word, "username": name, "password": "wrong"}
            )
            times.append(time.perf_counter() - begin)
        return min(times)

    fastest("nobody", 99)
    known, unknown = fastest("ann", 100), fastest("nobody", 101)
    assert 0.4 < unknown / known < 2.5, (known, unknown)


def test_a_disabled_account_is_out_at_once(desk, run_backends):
    staff = far(desk, "192.0.2.6")
    assert staff.log_in("ann").status_code == 303
    url = {"DATABASE_URL": f"sqlite+aiosqlite:///{desk.shop.database}"}
    assert run_backends("staff", "disable", "ann", env=url).returncode == 0
    assert staff.get("/staff/").status_code == 303
    assert staff.log_in("ann").status_code == 403
    assert run_backends("staff", "disable", "ann", "--undo", env=url).returncode == 0
    assert staff.log_in("ann").status_code == 303


def test_the_service_token_opens_no_page(desk):
    assert desk.shop.client().get("/staff/").status_code == 303
