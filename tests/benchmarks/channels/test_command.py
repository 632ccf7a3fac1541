"""The command sends messages through a running Rasa, and reports."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.benchmarks.command import run


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_a_quick_run_answers_every_message_once(tmp_path: Path) -> None:
    out = tmp_path / "figures.json"
    asked = ["--quick", "--part", "three-times", "--out", out]

    done = run("benchmarks.channels", *asked, seconds=170)

    assert done.returncode == 0, done.stderr[-3000:]
    report = json.loads(out.read_text())
    assert report["benchmark"] == "channels"
    values = {one["name"].split(": ")[1]: one["value"] for one in report["figures"]}
    assert values["answered once"] == 20
    assert values["answered more than once"] == values["lost"] == values["answered to others"] == 0
    assert values["deliveries"] == 60
    assert {one["target"] for one in report["figures"]} == {""}
