"""All pages: their headers, languages, errors, and that what customers write stays text."""

import re

import pytest

from backends.console.app import PAGES
from backends.console.texts import LANGUAGES, texts

PATHS = ["/staff/", "/staff/me", "/staff/team", "/staff/queue", "/staff/team/1", "/staff/nothing"]
BOTH = re.compile(r"{(\w+)}")


def test_both_languages_have_the_same_texts():
    first, *others = (texts(language).flat for language in LANGUAGES)
    for other in others:
        assert set(first) == set(other)
        for key, sentence in first.items():
            assert set(BOTH.findall(sentence)) == set(BOTH.findall(other[key])), key
            assert other[key].strip()
            assert sentence.strip()


@pytest.mark.parametrize("path", PATHS)
def test_nothing_from_elsewhere_nothing_inline_nothing_kept(desk, path):
    answer = desk.staff("sue").get(path)
    headers = answer.headers
    assert headers["cache-control"] == "no-store"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|style=|<style|javascript:", answer.text)


def test_each_page_of_the_menu_is_there_in_both_languages(desk):
    for username, language in (("sue", "en"), ("mei", "zh-CN")):
        staff = desk.staff(username)
        for page in PAGES:
            if page.address and (username == "sue" or "agent" in page.roles):
                shown = staff.get(page.address)
                assert shown.status_code == 200
                assert f'<html lang="{language}">' in shown.text
                assert f'href="{page.address}" aria-current="page"' in shown.text


def test_the_language_is_the_accounts_and_before_that_the_browsers(desk):
    visitor = desk.stranger(headers={"Accept-Language": "zh-CN,zh;q=0.9"})
    assert "密码" in visitor.get("/staff/login").text
    visitor = desk.stranger(headers={"Accept-Language": "en-GB"})
    page = visitor.get("/staff/login").text
    assert "Password" in page
    word = re.search(r'form_word" value="([^"]+)"', page)[1]
    visitor.http.post("/staff/language", data={"form_word": word, "language": "zh"})
    assert "密码" in visitor.get("/staff/login").text

    mei = desk.staff("mei")
    assert mei.post("/staff/language", language="en", next="/staff/me").headers["location"] == (
        "/staff/me"
    )
    assert "My account" in mei.get("/staff/me").text
    assert "My account" in desk.staff("mei").get("/staff/me").text
    mei.post("/staff/language", language="zh")
    assert "我的账号" in mei.get("/staff/me").text
    assert mei.post("/staff/language", language="fr").status_code == 400


@pytest.mark.parametrize(
    ("path", "status"),
    [("/staff/nothing", 404), ("/staff/tickets/T1", 404), ("/staff/team/x", 404),
     ("/staff/team/999", 404), ("/staff/tickets/T1/news?after=x", 400)],
)  # fmt: skip
def test_a_mistake_is_a_page(desk, path, status):
    sue = desk.staff("sue")
    answer = sue.get(path)
    assert answer.status_code == status
    assert "To the conversations" in answer.text
    assert answer.headers["content-type"].startswith("text/html")
    part = sue.get(path, headers={"HX-Request": "true"})
    assert part.headers["hx-retarget"] == "#notice"
    assert "<html" not in part.text
    assert 'role="alert"' in part.text


def test_a_mistake_is_told_in_ones_language(desk):
    mei = desk.staff("mei")
    assert "找不到该页面。" in mei.get("/staff/nothing").text
    assert "该页面仅供主管使用。" in mei.get("/staff/team").text


def test_what_customers_write_is_text(desk):
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&{{7*7}}"
    talk = desk.talk(
        summary=evil, topic=evil[:80], slots={evil[:60]: evil},
        transcript=[{"author": "customer", "text": evil, "at": "2026-11-26T08:00:00Z"}],
    )  # fmt: skip
    talk.say(evil)
    for path in (talk.path, "/staff/", f"{talk.path}/news?after=0"):
        page = desk.staff("ann").get(path).text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "{{7*7}}" in page


def test_the_json_services_answer_json_still(desk):
    answer = desk.shop.client().get("/v1/nothing")
    assert answer.json()["error"]["code"] == "not_found"
    assert "/staff" not in str(desk.shop.client().get("/docs/openapi.json").json()["paths"])


def test_the_address_without_the_last_slash_is_the_first_page(desk):
    answer = desk.shop.client().get("/staff")
    assert (answer.status_code, answer.headers["location"]) == (302, "/staff/")
