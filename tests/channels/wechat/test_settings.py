"""What is missing or malformed in credentials.yml is told in one sentence."""

from typing import Any

import pytest
from rasa.shared.exceptions import RasaException

from tests.channels.wechat.platform import credentials
from xiaoer.channels import WeChatInput

(GOOD,) = credentials(1).values()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"token": None}, "The setting 'token'"),
        ({"token": ""}, "The setting 'token'"),
        ({"app_id": None}, "The setting 'app_id'"),
        ({"app_secret": None}, "Without app_secret no customer-service messages"),
        ({"encoding_aes_key": "secret-key"}, "43 letters and digits"),
        ({"encoding_aes_key": None, "mode": "safe"}, "wants an encoding_aes_key"),
        ({"mode": "secure"}, "The setting 'mode'"),
        ({"api_base": "api.weixin.qq.com"}, "The setting 'api_base'"),
        ({"store": "mysql://secret@x"}, "setting 'store'"),
        ({"reply_deadline": 6}, "The setting 'reply_deadline'"),
        ({"message_quota": "many"}, "The setting 'message_quota'"),
        ({"aes_key": "x"}, "The setting 'aes_key'"),
        ({"texts": {"goon": "x"}}, "There is no text 'goon'"),
        ({"texts": {"go_on": {"fr": "x"}}}, "The text 'go_on'"),
        ({"texts": {"go_on_words": "ok"}}, "The text 'go_on_words'"),
    ],
)
def test_one_sentence(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RasaException) as caught:
        WeChatInput.from_credentials({**GOOD, **change})
    message = str(caught.value)
    assert sentence in message
    assert "\n" not in message
    assert "secret-key" not in message
    assert "secret@x" not in message


def test_without_anything() -> None:
    with pytest.raises(RasaException, match="setting 'token'"):
        WeChatInput.from_credentials(None)


def test_the_key_decides_the_mode() -> None:
    assert WeChatInput.from_credentials(GOOD)._settings.mode == "safe"
    plain = {**GOOD, "encoding_aes_key": None}
    assert WeChatInput.from_credentials(plain)._settings.mode == "plain"
    assert (
        WeChatInput.from_credentials({**GOOD, "mode": "compatible"})._settings.mode == "compatible"
    )


def test_texts_can_be_changed() -> None:
    texts = {"go_on": "稍等", "more": {"en": "more…"}, "go_on_words": ["接着说"]}
    settings = WeChatInput.from_credentials({**GOOD, "texts": texts})._settings.own_texts()
    assert (settings.get("go_on", "en"), settings.get("more", "en")) == ("稍等", "more…")
    assert settings.get("more", "zh").startswith("(回复")
    assert settings.means_go_on("接着说!")
    assert settings.means_go_on("?")
    assert not settings.means_go_on("继续")
