"""What is missing or malformed in `credentials.yml` is said in one sentence."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.shared.exceptions import RasaException

from tests.channels.wecom.callbacks import AES_KEY
from xiaoer.channels import WeComCustomerServiceInput, WeComInput
from xiaoer.channels.wecom.texts import Texts

GOOD = {
    "corp_id": "ww1",
    "agent_id": 1000002,
    "secret": "sec-ret",
    "token": "t",
    "encoding_aes_key": AES_KEY,
}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"secret": None}, "secret is missing"),
        ({"secret": "", "agent_id": None}, "agent_id and secret are missing"),
        ({"agent_id": "shop"}, "number"),
        ({"encoding_aes_key": "short"}, "encoding_aes_key of 43"),
        ({"encoding_aes_key": "!" * 43}, "encoding_aes_key of 43"),
        ({"buttons": "dropdown"}, "card and numbers for buttons"),
        ({"language": "fr"}, "zh and en for language"),
        ({"texts": {"hello": "x"}}, "no text hello"),
        ({"texts": {"choose": 1}}, "a text, or one for zh and one for en"),
        ({"texts": {"go_on_words": "ok"}}, "a list of words"),
        ({"lease_seconds": "soon"}, "number above 0 for lease_seconds"),
        ({"agentid": 1}, "no setting agentid"),
        ({"store": "postgres://db"}, "cannot use its store"),
        ({"api_base": "qyapi.weixin.qq.com"}, "https://"),
    ],
)
def test_one_clear_sentence(change: dict[str, Any], said: str) -> None:
    with pytest.raises(RasaException) as raised:
        WeComInput.from_credentials({**GOOD, **change})
    sentence = str(raised.value)
    assert said in sentence
    assert sentence.startswith("The connector wecom ")
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert "sec-ret" not in sentence


def test_nothing_at_all() -> None:
    for connector in (WeComInput, WeComCustomerServiceInput):
        with pytest.raises(RasaException, match="corp_id"):
            connector.from_credentials(None)


def test_good_credentials() -> None:
    assert WeComInput.from_credentials(GOOD).name() == "wecom"
    kf = {name: value for name, value in GOOD.items() if name != "agent_id"}
    assert WeComCustomerServiceInput.from_credentials(kf).name() == "wecom_kf"


def test_texts_of_the_credentials() -> None:
    texts = Texts({"choose": {"en": "Pick"}, "picture": "📷", "go_on_words": ["下一页"]}, "en")
    assert [texts.get("choose", said) for said in ("好", "ok", "1")] == ["请选择", "Pick", "Pick"]
    assert texts.get("picture", "好") == "📷"
    assert [said for said in ("下一页！", "好", "？", "👍", "订单") if texts.means_go_on(said)] == [
        "下一页！",
        "？",
        "👍",
    ]
