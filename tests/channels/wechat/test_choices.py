"""A reply picks the choice that was shown, and nothing else."""

import pytest

from xiaoer.channels.wechat.choices import chosen

BUTTONS = [("查订单", "/order_status"), ("Talk to a person", "/handoff"), ("3 号店", "/store")]


@pytest.mark.parametrize(
    ("said", "payload"),
    [
        ("1", "/order_status"),
        (" 2 ", "/handoff"),
        ("2", "/handoff"),
        ("③", "/store"),
        ("2.", "/handoff"),
        ("2、", "/handoff"),
        ("(2)", "/handoff"),
        ("【2】", None),
        ("查订单", "/order_status"),
        ("talk to a PERSON", "/handoff"),
        ("0", None),
        ("4", None),
        ("12", None),
        ("1 个", None),
        ("-1", None),
        ("1.5", None),
        ("٢", None),
        ("/order_status", None),
        ("", None),
    ],
)
def test_by_number_or_title(said: str, payload: str | None) -> None:
    assert chosen("g", BUTTONS, said) == payload


def test_a_menu_click_counts_for_its_own_menu_alone() -> None:
    assert chosen("g", BUTTONS, "查订单", "g-1") == "/order_status"
    assert chosen("g", BUTTONS, "查订单", "old-1") is None
    assert chosen("g", BUTTONS, "查订单", "g-9") is None
    assert chosen("g", [], "1") is None
