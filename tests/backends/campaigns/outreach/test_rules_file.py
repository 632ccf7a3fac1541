"""The file of rules: what the shop has is right, and a mistake is one sentence with its place."""

from datetime import time, timedelta
from pathlib import Path

import pytest
import yaml

from backends.campaigns.outreach.rules_file import read_rules
from backends.setup_error import SetupError

SHOPS = Path("data/shop/outreach.yml")


def test_the_shops_own_file():
    rules = read_rules(SHOPS)
    assert (rules.quiet.begins, rules.quiet.ends) == (time(21), time(9))
    for name in ("wechat", "wecom_kf"):
        channel = rules.channels[name]
        assert (channel.window, channel.per_window) == (timedelta(hours=48), 5)
    assert set(rules.lines) == {"zh", "en"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"quiet_hours": {"from": 1260, "to": "09:00"}}, "quiet_hours from must be a time"),
        ({"quiet_hours": {"from": "25:00", "to": "09:00"}}, "must be a time"),
        ({"caps": {"per_day": 0, "per_week": 3}}, "caps per_day"),
        ({"caps": {"per_day": 3, "per_week": 2}}, "per_week is less than per_day"),
        ({"caps": {"per_day": "1", "per_week": 2}}, "caps per_day"),
        ({"channels": {}}, "channels needs at least one"),
        ({"channels": {"We Chat": {"per_minute": 1, "per_day": 1, "longest": 99}}}, "channels"),
        (
            {
                "channels": {
                    "slack": {"per_minute": 1, "per_day": 1, "longest": 99, "per_window": 5}
                }
            },
            "channels slack per_window needs window_hours",
        ),
        ({"unsubscribe": {"zh": "回复TD退订"}}, "unsubscribe en is missing"),
        ({"more": 1}, "more is unknown"),
    ],
)
def test_a_mistake_is_named(tmp_path, change, said):
    path = tmp_path / "outreach.yml"
    path.write_text(yaml.safe_dump({**yaml.safe_load(SHOPS.read_text()), **change}))
    with pytest.raises(SetupError) as error:
        read_rules(path)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("text", ["", "- a", "a: [", "quiet_hours: 1"])
def test_what_is_no_such_file_is_refused(tmp_path, text):
    path = tmp_path / "outreach.yml"
    path.write_text(text)
    with pytest.raises(SetupError, match=r"outreach\.yml"):
        read_rules(path)
    with pytest.raises(SetupError, match="cannot be read"):
        read_rules(tmp_path / "missing.yml")
