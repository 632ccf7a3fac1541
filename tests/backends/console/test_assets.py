"""Style sheet, script and icon: kept by browsers for good, and fetched anew when they change."""

import re

from backends.console.assets import Assets


def test_files_carry_their_digest_and_are_kept(desk):
    visitor = desk.stranger()
    links = re.findall(r'(?:href|src)="(/staff/assets/[^"]+)"', visitor.get("/staff/login").text)
    assert len(links) >= 3
    for link in links:
        first = visitor.get(link)
        assert first.status_code == 200
        assert "immutable" in first.headers["cache-control"]
        again = visitor.get(link, headers={"If-None-Match": first.headers["etag"]})
        assert again.status_code == 304
        assert not again.content
        other = visitor.get(link.partition("?")[0] + "?v=old")
        assert other.headers["cache-control"] == "no-cache"


def test_only_the_files_of_the_folder_are_served(desk):
    visitor = desk.stranger()
    for name in ("nothing.css", "..%2Fapp.py", "%2e%2e/app.py", "console-licenses.md"):
        assert visitor.get(f"/staff/assets/{name}").status_code in (303, 404)


def test_a_changed_file_has_another_address(tmp_path):
    (tmp_path / "a.css").write_text("a {}")
    before = Assets(tmp_path).url("a.css")
    (tmp_path / "a.css").write_text("b {}")
    assert Assets(tmp_path).url("a.css") != before
    assert Assets(tmp_path).url("console.js") is None
