"""Reading the pages of insights."""

from __future__ import annotations

import html
import re


def stats(page: str) -> dict[str, dict[str, str]]:
    """The text of each figure, by the name of its measure: value, of, change, verdict, link."""
    found = {}
    for name, body in re.findall(
        r'<div class="stat" id="stat-(\w+)">(.*?)\n    </div>', page, re.S
    ):
        change = re.search(r'<p class="change (\w*)">(.*?)</p>', body, re.S)
        of = re.search(r'<p class="soft">(.*?)</p>', body)
        link = re.search(r'<a href="([^"]+)"', body)
        found[name] = {
            "value": text(re.search(r'<p class="number">(.*?)</p>', body)[1]),
            "of": text(of[1]) if of else "",
            "change": text(change[2]),
            "verdict": change[1],
            "link": html.unescape(link[1]) if link else "",
            "definition": text(re.search(r"</summary><p>(.*?)</p>", body, re.S)[1]),
        }
    return found


def table(page: str, inside: str) -> list[list[str]]:
    """The cells of the table within the element of this id, the headings first."""
    body = re.search(rf'id="{inside}".*?<table[^>]*>(.*?)</table>', page, re.S)[1]
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.S)
    return [
        [text(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)] for row in rows
    ]


def links(page: str, inside: str) -> list[str]:
    """The addresses of the links within the element of this id, up to the end of its section."""
    body = re.search(rf'id="{inside}".*?</section>', page, re.S)[0]
    return [html.unescape(each) for each in re.findall(r'<a href="([^"]+)"', body)]


def text(markup: str) -> str:
    """What is read of some markup, without what only screen readers say."""
    shown = re.sub(r'<span class="hidden">.*?</span>', "", markup, flags=re.S)
    shown = re.sub(r'<span aria-hidden="true">.*?</span>', "", shown, flags=re.S)
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", shown))).strip()
