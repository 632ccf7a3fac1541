"""Words of people reach a customer by the API, or an error says that they did not."""

import json

import pytest
from aiohttp import web

from tests.channels.wechat.platform import FakePlatform, credentials
from xiaoer.channels.wechat import NotDelivered, WeChatInput
from xiaoer.channels.wechat.incoming import Incoming

CARD = {
    "title": "无线耳机 A1",
    "subtitle": "¥299",
    "item_url": "https://shop.example/a1",
    "image_url": "https://shop.example/a1.png",
}
BUTTONS = [
    {"title": "查订单", "payload": "/order_status"},
    {"title": "看看", "url": "https://a.example"},
]


@pytest.fixture
async def platform(free_port, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    platform = FakePlatform(["http://127.0.0.1:1"])
    platform.port = free_port()
    await platform.start(platform.port)
    yield platform
    await platform.stop()


@pytest.fixture
async def channel(platform, tmp_path):
    made = []

    def make(**more) -> WeChatInput:
        more = {"store": str(tmp_path / "channels.db"), **more}
        (settings,) = credentials(platform.port, **more).values()
        made.append(WeChatInput.from_credentials(settings))
        return made[-1]

    yield make
    for one in made:
        await one._services.close()


async def written(platform: FakePlatform, channel: WeChatInput, sender: str = "o-1") -> None:
    """Let the customer have written just now."""
    platform._open(sender, "message")
    incoming = Incoming("m:1", sender, "gh", "text", text="x", opens="message")
    await channel._services._quota.open(incoming)


async def test_each_kind_is_sent_as_the_platform_wants_it(platform, channel) -> None:
    wechat = channel()
    await written(platform, wechat)
    output = wechat.get_output_channel()
    assert output.name() == "wechat"
    await output.send_response("o-1", {"text": "人工客服小王为您服务。"})
    await output.send_response("o-1", {"image": f"http://127.0.0.1:{platform.port}/pictures/a.png"})
    await output.send_response("o-1", {"elements": [CARD]})
    await output.send_response("o-1", {"text": "还要什么?", "buttons": BUTTONS})
    shown = platform.shown["o-1"]
    assert [one.kind for one in shown] == ["text", "image", "news", "text"]
    assert shown[2].content["articles"][0] == {
        "title": "无线耳机 A1",
        "description": "¥299",
        "url": "https://shop.example/a1",
        "picurl": "https://shop.example/a1.png",
    }
    assert shown[3].text == "还要什么?\n看看 https://a.example\n1. 查订单\n回复数字即可选择。"


async def test_choices_as_a_menu_message(platform, channel) -> None:
    wechat = channel(choices="menu")
    await written(platform, wechat)
    await wechat.get_output_channel().send_response("o-1", {"text": "选", "buttons": BUTTONS})
    (shown,) = platform.shown["o-1"]
    assert shown.kind == "msgmenu"
    (item,) = shown.content["list"]
    group, buttons = await wechat._services._choices.buttons("o-1")
    assert item == {"id": f"{group}-1", "content": "查订单"}
    assert buttons == [("查订单", "/order_status")]


async def test_a_medium_that_has_ended_is_uploaded_again(platform, channel) -> None:
    wechat = channel()
    await written(platform, wechat)
    output = wechat.get_output_channel()
    url = f"http://127.0.0.1:{platform.port}/pictures/a.png"
    await output.send_image_url("o-1", url)
    platform.forget_media()
    await output.send_image_url("o-1", url)
    assert [one.kind for one in platform.shown["o-1"]] == ["image", "image"]
    assert len(platform.uploads) == 2


async def test_a_spent_quota_is_told_and_not_tried(platform, channel) -> None:
    wechat = channel(message_quota=2)
    await written(platform, wechat)
    output = wechat.get_output_channel()
    for _ in range(2):
        await output.send_text_message("o-1", "x")
    with pytest.raises(NotDelivered, match="until the customer writes again"):
        await output.send_text_message("o-1", "x")
    assert len(platform.shown["o-1"]) == 2
    await written(platform, wechat)
    await output.send_text_message("o-1", "x")


@pytest.mark.parametrize("code", [45015, 45047])
async def test_the_platforms_count_is_the_last_word(platform, channel, code: int) -> None:
    wechat = channel()
    await written(platform, wechat)
    output = wechat.get_output_channel()
    if code == 45015:
        platform.close_window("o-1")
    else:
        platform._windows["o-1"]["message"].limit = 0
    for _ in range(2):
        with pytest.raises(NotDelivered):
            await output.send_text_message("o-1", "x")
    assert platform.codes[code] == 1


async def test_an_account_without_the_right_is_asked_once_an_hour(platform, channel) -> None:
    platform.authorised = False
    wechat = channel()
    await written(platform, wechat)
    output = wechat.get_output_channel()
    with pytest.raises(NotDelivered, match="48001"):
        await output.send_text_message("o-1", "x")
    with pytest.raises(NotDelivered, match="no right"):
        await output.send_text_message("o-1", "x")
    assert platform.codes[48001] == 1
    assert not await wechat._services._service.allowed()


async def test_too_many_calls_are_spread_then_told(platform, channel) -> None:
    platform.calls_a_minute = 0
    wechat = channel()
    await written(platform, wechat)
    with pytest.raises(NotDelivered, match="45009"):
        await wechat.get_output_channel().send_text_message("o-1", "x")
    assert platform.codes[45009] == 4


async def test_a_token_that_is_refused_although_fresh_is_forced(platform, channel) -> None:
    wechat = channel()
    await written(platform, wechat)
    output = wechat.get_output_channel()
    await output.send_text_message("o-1", "x")
    given, platform._token = platform._token, "changed-at-the-platform"

    async def stale(request):
        if json.loads(await request.read())["force_refresh"]:
            platform.forced += 1
            return web.json_response({"access_token": platform._token, "expires_in": 7200})
        return web.json_response({"access_token": given, "expires_in": 7200})

    platform.stable_token = stale
    await output.send_text_message("o-1", "y")
    assert platform.forced == 1


async def test_a_wrong_secret_is_told_without_it(platform, channel) -> None:
    wechat = channel(app_secret="a-wrong-secret")
    await written(platform, wechat)
    with pytest.raises(NotDelivered, match="40125") as caught:
        await wechat.get_output_channel().send_text_message("o-1", "x")
    assert "a-wrong-secret" not in str(caught.value)


async def test_without_customer_service_there_is_no_output(channel) -> None:
    assert channel(customer_service=False, app_secret=None).get_output_channel() is None
