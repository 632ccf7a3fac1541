"""The account's access token, by `stable_token`."""

from __future__ import annotations

from xiaoer.channels.storage import Store
from xiaoer.channels.tencent import AccessToken, ApiClient, ApiError
from xiaoer.channels.wechat.settings import WeChatSettings


def access_token(settings: WeChatSettings, store: Store, plain: ApiClient) -> AccessToken:
    """Return the token, shared by all workers of the store.

    In normal mode `stable_token` gives everybody the same token, so workers and other programs
    of the account do not throw each other out. Only when the platform refuses the very token
    that it gives is a new one forced, which it allows 20 times a day.

    Args:
        settings: The account.
        store: Where the token is kept.
        plain: A client without a token.

    Source: https://developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken
    """

    async def ask(force: bool) -> tuple[str, float]:
        body = {
            "grant_type": "client_credential",
            "appid": settings.app_id,
            "secret": settings.app_secret or "",
            "force_refresh": force,
        }
        answer = await plain.call("POST", "/cgi-bin/stable_token", json=body)
        try:
            return str(answer["access_token"]), float(answer["expires_in"])
        except (KeyError, TypeError, ValueError):
            raise ApiError(None, "The platform gave no access token.") from None

    async def fetch(refused: str | None) -> tuple[str, float]:
        token, seconds = await ask(force=False)
        if token == refused:
            return await ask(force=True)
        return token, seconds

    return AccessToken(store, f"wechat:{settings.app_id}", fetch)
