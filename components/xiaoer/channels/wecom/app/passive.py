"""The reply that a callback's own answer may carry."""

from __future__ import annotations

import asyncio
import re
from xml.sax.saxutils import escape

# What XML 1.0 has no place for.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class PassiveReply:
    """Who is first: the turn that has a reply, or the end of the time to reply in.

    The platform delivers again when it has waited too long, so several callbacks may wait for one
    turn; while one does the turn can reply here, and otherwise says it by the API.
    """

    def __init__(self) -> None:
        self._answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._waiting = 0
        self._claimed = False

    def claim(self) -> bool:
        """Tell whether the turn may reply here; it then must call `answer` soon."""
        self._claimed = self._waiting > 0
        return self._claimed

    def answer(self, text: str) -> None:
        """Reply; with an empty text when all has been said elsewhere, or nothing was."""
        if not self._answer.done():
            self._answer.set_result(text)

    async def wait(self, seconds: float) -> str:
        """Return the reply, empty when there is none in time.

        A callback whose connection ends is cancelled, and no longer waits.
        """
        self._waiting += 1
        try:
            done, _ = await asyncio.wait([self._answer], timeout=seconds)
            return await asyncio.shield(self._answer) if done or self._claimed else ""
        finally:
            self._waiting -= 1


def reply_xml(member: str, corp_id: str, content: str, at: int) -> str:
    """Return a passive text reply.

    Source: https://developer.work.weixin.qq.com/document/path/90241
    """
    content = _CONTROLS.sub("", content)
    return (
        f"<xml><ToUserName>{escape(member)}</ToUserName>"
        f"<FromUserName>{escape(corp_id)}</FromUserName><CreateTime>{at}</CreateTime>"
        f"<MsgType>text</MsgType><Content>{escape(content)}</Content></xml>"
    )
