"""Messages of customer service on their way."""

from __future__ import annotations

import json
from typing import Any

from xiaoer.channels.storage import Store
from xiaoer.channels.tencent import ApiClient, ApiError
from xiaoer.channels.wecom.customer_service.allowance import Allowance
from xiaoer.channels.wecom.delivery import is_known, refused

_MENU_SECONDS = 7 * 86_400.0
# The platform tells of a failed delivery within moments.
_FAILURE_SECONDS = 3600.0


class Sender:
    """Sends messages to customers, counts them, and knows what menu items mean."""

    def __init__(self, api: ApiClient, store: Store, allowance: Allowance) -> None:
        self._api = api
        self._store = store
        self._allowance = allowance

    async def send(
        self,
        account: str,
        customer: str,
        message: dict[str, Any],
        message_id: str,
        again: bool = False,
    ) -> None:
        """Send one message.

        Args:
            account: `open_kfid`.
            customer: `external_userid`.
            message: A body of kf/send_msg without receiver and account.
            message_id: At most 32 letters, digits, `_` and `-`; the platform takes each once.
            again: Whether it may have been delivered before.

        Raises:
            NotDelivered: The platform did not take it.
        """
        body = {"touser": customer, "open_kfid": account, "msgid": message_id, **message}
        await self._store.set(f"wecom_kf:body:{message_id}", json.dumps(message), _FAILURE_SECONDS)
        try:
            await self._api.call("POST", "/cgi-bin/kf/send_msg", body)
        except ApiError as error:
            # The documents do not name the code for an id that was used before.
            if not (again and error.code is not None and not is_known(error.code)):
                raise refused(error) from None
        await self._allowance.use(account, customer)

    async def send_on_event(self, code: str, message: dict[str, Any]) -> None:
        """Answer an event by its code, which holds for 20 seconds and one message.

        Raises:
            NotDelivered: The platform did not take it.

        Source: https://developer.work.weixin.qq.com/document/path/95122
        """
        try:
            body = {"code": code, **message}
            await self._api.call("POST", "/cgi-bin/kf/send_msg_on_event", body)
        except ApiError as error:
            raise refused(error) from None

    async def failed(self, message_id: str) -> dict[str, Any] | None:
        """Return the message that was sent under an id lately."""
        body = await self._store.get(f"wecom_kf:body:{message_id}")
        return dict(json.loads(body)) if body else None

    async def remember(self, customer: str, menus: dict[str, str]) -> None:
        """Remember what menu items mean."""
        for item, payload in menus.items():
            known = json.dumps({"customer": customer, "payload": payload})
            await self._store.set(f"wecom_kf:menu:{item}", known, _MENU_SECONDS)

    async def clicked(self, customer: str, item: str) -> str | None:
        """Return the payload of a menu item that this customer was shown."""
        known = json.loads(await self._store.get(f"wecom_kf:menu:{item}") or "null")
        if known is None or known["customer"] != customer:
            return None
        return str(known["payload"])
