"""What WeChat and WeCom have in common: callbacks, their encryption, and the API's manners."""

from xiaoer.channels.tencent.access_token import AccessToken
from xiaoer.channels.tencent.api_client import ApiClient
from xiaoer.channels.tencent.callback_cipher import CallbackCipher
from xiaoer.channels.tencent.callback_signature import CallbackSignature
from xiaoer.channels.tencent.errors import (
    ApiError,
    ApiUnavailable,
    MalformedMessage,
    RefusedRequest,
)
from xiaoer.channels.tencent.replay_guard import ReplayGuard
from xiaoer.channels.tencent.xml import parse_xml

__all__ = [
    "AccessToken",
    "ApiClient",
    "ApiError",
    "ApiUnavailable",
    "CallbackCipher",
    "CallbackSignature",
    "MalformedMessage",
    "RefusedRequest",
    "ReplayGuard",
    "parse_xml",
]
