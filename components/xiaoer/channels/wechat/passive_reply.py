"""The passive reply: the one message that answers a callback."""

from __future__ import annotations

import re
import time

from xiaoer.channels.wechat.parts import Card, Choices, Image, Part, Text

#: What XML 1.0 cannot hold.
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def passive_reply(part: Part, sender: str, receiver: str, image_text: str) -> str:
    """Return the reply as XML, not yet encrypted.

    Args:
        part: Fit for one message (see `pack`).
        sender: The customer's openid.
        receiver: The account's own id.
        image_text: What to say where a picture has not been uploaded.

    Source: https://developers.weixin.qq.com/doc/service/en/Message_Management/Passive_user_reply_message.html
    """
    if isinstance(part, Image) and part.media_id:
        kind = "image"
        content = f"<Image><MediaId>{_cdata(part.media_id)}</MediaId></Image>"
    elif isinstance(part, Card):
        kind = "news"
        content = (
            "<ArticleCount>1</ArticleCount><Articles><item>"
            f"<Title>{_cdata(part.title)}</Title>"
            f"<Description>{_cdata(part.description)}</Description>"
            f"<PicUrl>{_cdata(part.image)}</PicUrl><Url>{_cdata(part.url)}</Url>"
            "</item></Articles>"
        )
    else:
        kind = "text"
        if isinstance(part, Text):
            text = part.text
        else:
            text = part.as_text() if isinstance(part, Choices) else image_text
        content = f"<Content>{_cdata(text)}</Content>"
    return (
        f"<xml><ToUserName>{_cdata(sender)}</ToUserName>"
        f"<FromUserName>{_cdata(receiver)}</FromUserName>"
        f"<CreateTime>{int(time.time())}</CreateTime>"
        f"<MsgType>{_cdata(kind)}</MsgType>{content}</xml>"
    )


def _cdata(text: str) -> str:
    clean = _ILLEGAL.sub("", text).replace("]]>", "]]]]><![CDATA[>")
    return f"<![CDATA[{clean}]]>"
