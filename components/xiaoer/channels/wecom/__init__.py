"""WeCom (企业微信): messages of a self-built app, and WeChat customer service (微信客服)."""

from xiaoer.channels.wecom.app.app_input import WeComInput
from xiaoer.channels.wecom.customer_service.kf_input import WeComCustomerServiceInput

__all__ = ["WeComCustomerServiceInput", "WeComInput"]
