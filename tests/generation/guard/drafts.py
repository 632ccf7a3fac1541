"""Evidence that the tests of the rules share, and the way they ask a rule."""

from xiaoer.generation.guard import Draft, Rule

ZH = (
    "现货 24 小时内发出，一般 2–4 天送到，偏远地区 5–7 天。",
    "满 ¥99 包邮，不满 ¥99 收 ¥10 运费。",
    "签收后 7 天内可以无理由退换，商品要保持完好。质量问题运费由我们承担；"
    "退款在收到退货后 1–3 个工作日原路退回。",
    "支持银行卡、手机扫码支付和本店礼品卡，不支持货到付款。",
    "手机、电脑、家电等电器保修一年，凭订单号就可以报修；人为损坏不在保修范围内。",
    "客服电话 400-000-1234，每天 9:00–21:00；也可以写邮件到 service@xiaoer.example。",
    "暖冬节：家电全场 85 折，11 月 10 日至 12 月 20 日。新客优惠券 HELLO30：满 199 元减 30 元。",
)
EN = (
    "Items in stock leave within 24 hours and usually arrive in 2–4 days, 5–7 days in remote areas.",
    "Delivery is free from ¥99; below that it costs ¥10.",
    "You can return or exchange within 7 days of delivery without giving a reason, if the item is "
    "as good as new. If it is faulty we pay the return postage. Refunds go back the way you paid, "
    "1–3 working days after we receive the item.",
    "We take bank cards, mobile payment by QR code and our own gift cards. "
    "There is no cash on delivery.",
    "Phones, computers and appliances have a one-year warranty; the order number is all you need. "
    "Damage by accident is not covered.",
    "Call 400-000-1234, daily from 9:00 to 21:00, or write to service@xiaoer.example.",
    "Warm Winter Sale: 15% off all home appliances, 10 November to 20 December 2026. "
    "New customer coupon HELLO30: 30 yuan off orders over 199.",
)
EVIDENCE = {"zh": ZH, "en": EN}


def draft(
    reply: str,
    language: str = "zh",
    question: str = "",
    evidence: tuple[str, ...] | None = None,
    known: tuple[str, ...] = (),
) -> Draft:
    """Return a draft that rests on the shared evidence of its language."""
    return Draft(
        reply, question, language, EVIDENCE[language] if evidence is None else evidence, known
    )


def language_of(text: str) -> str:
    """Return ``zh`` for a text with a Chinese character in it."""
    return "zh" if any("一" <= character <= "鿿" for character in text) else "en"


def objection(
    rule: Rule,
    reply: str,
    question: str = "",
    evidence: tuple[str, ...] | None = None,
    known: tuple[str, ...] = (),
) -> str | None:
    """Return what `rule` says of `reply`, whose language shows in it."""
    return rule.objection(draft(reply, language_of(reply), question, evidence, known))
