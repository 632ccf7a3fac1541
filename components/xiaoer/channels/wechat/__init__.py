"""The WeChat Official Account channel: `xiaoer.channels.WeChatInput` in `credentials.yml`."""

from xiaoer.channels.wechat.customer_service import NotDelivered
from xiaoer.channels.wechat.wechat_input import WeChatInput

__all__ = ["NotDelivered", "WeChatInput"]
