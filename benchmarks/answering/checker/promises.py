"""What a clause gives the customer to expect, and whether it says so or denies it."""

from __future__ import annotations

import re

# What to expect -> the words that speak of it. They only point at a clause; whether it holds is
# read off the evidence.
_SIGNALS = {
    "refund": r"(?<!从)退款(?!里|中)|退钱|退还|返还|返现|全额退|原路退|包退|退给|退您|退你|(?<!from the )\brefund|money back"
    r"|reimburs|\b(?:pay|give|get)\b.{0,25}\bback\b",
    "compensation": r"赔|补偿|compensat|make (?:it )?up (?:to|for)|goodwill",
    "discount": r"打折|[享打给有可再送].{0,6}(?:折扣|优惠(?!券|码)|[\d.]折)|减免|立减|满减|便宜|特价|内部价|抵扣|更低价|最低价|cheaper"
    r"|\b(?:give|get|offer|enjoy|have|take|receive|extra|special|an?|of)\b.{0,15}\bdiscount|special price"
    r"|(?:\d|%|yuan|percent|\byour?) off\b|\btake.{0,20} off\b|insider price|lower(?:ed)? (?:the )?price",
    "coupon": r"[送发给补赠得领拿有享奖].{0,8}(?:券|红包|优惠码|兑换码)|(?:券|红包|优惠码|兑换码).{0,6}(?:送|发|给您|补|到账)"
    r"|\b(?:give|get|send|receive|offer|have|has|here|enjoy|earn|use|is|grant|issue)\b.{0,25}"
    r"(?:coupon|voucher|promo(?:tion)? ?code|gift card|store credit)",
    "gift": r"赠送|附赠|我们送(?!货|到|达)|送(?=您|你|一|1|份|个|张|礼|\d)|礼物(?=送|给)|买一送|买1送|free gift|bonus|freebie"
    r"|\b(?:give|get|send|receive|include|with|add)\b.{0,20}\bgift\b(?! cards?| wrap)|\bgift for you",
    "free": r"免费|包邮|免邮|免运费|免单|免息|免手续费|不收|不要钱|不用(?:付|花|出|交)|无需付|不花钱|\bfree\b"
    r"|no (?:extra |additional )?(?:charge|cost|fee)|at no |complimentary|waive|without charge"
    r"|on the house|costs? (?:you )?nothing|pay nothing",
    "payment by the shop": r"我们(?:来|会)?(?:承担|出|付|报销|负责)|由(?:我们|本店|店里)(?:承担|出|付|负责)?|包运费"
    r"|\bwe(?:'ll| will| do| always| also)* (?:pay|cover|bear)|\bon us\b|at our (?:cost|expense)",
    "replacement": r"补发|补寄|重发|重寄|换新|换(?=一|1|个|台|件)|重做|replac(?:e|ing)|resend|(?:send|get|give|have)s?\b.{0,20}"
    r"\b(?:new|another) (?:one|item|pair|device)",
    "guarantee": r"保证|(?<!不)一定(?!要)|肯定|绝对|承诺|(?<!不)必(?:达|到|定)|100%|说到做到|guarantee|\bpromis"
    r"|definitely|certainly|absolutely|for sure|\bsurely\b|assur|\bensure|without fail|you have my word",
    "delivery": r"(?:会|(?<!只)能|可以|可|尽快|优先|准时|今天|明天|今晚)[^就]{0,8}(?:送|到货(?!提醒)|寄|发货|发出|出库|配送|派送|到达|到手)|(?:能|会|准|可以)到(?![账期您货])"
    r"|(?:\b(?:will|shall|can|should|going to|guaranteed to)|'ll)(?: \w+){0,4} (?:arrive|be there|delivered?|ship|shipped|dispatch|reach)"
    r"|\bwe (?:also )?(?:deliver|ship)\b|(?:\bis|'s) (?:already )?on (?:its|the) way"
    r"|\b(?:have|get|receive) it (?:by|on|within|to)",
    "coverage": r"(?:在|能|可以|都|属于?)保修|包修|保换|\bcovered\b|under (?:the )?warranty",
    "express": r"次日达|当日达|隔日达|加急|特快|express|same[- ]day|next[- ]day|\brush",
    "exception": r"破例|特批|通融|宽限|延期|延长|exception|\bextend|extension|grace period|upgrade|(?:为|给)[您你].{0,4}升级",
    "approval": r"(?:我们?|已经?|店里)同意|同意(?:您|你)|批准|已.{0,4}审核通过|\b(?:i|we) (?:agree|approve)|\bapproved\b|^\W*(?:deal|agreed)\b",
}
# What is said to be done, or about to be, for this customer: only the same words can bear it out.
_DONE = (
    r"已经?(?:为|帮|给|替|向)|已经?.{0,6}(?:取消|退款|退回|发货|发出|送达|签收|处理|登记|提交|修改|改好|改为|办好|申请|"
    r"到账|通过|生效|升级|安排|加急|联系|通知|解锁|核实|转接|备注)|(?:帮|给|为|替)[您你].{0,8}(?:了|好|成功)|我(?:们)?"
    r"(?:会|将|这就|马上|立刻|现在就?|来)(?:先)?(?:帮|给|为|替)?|我(?:们)?(?:已|刚)"
    r"|正在(?:为|帮|给|替)|您的?(?:订单|包裹|退款|申请|账号|账户|快递).{0,8}(?:已|正在|会在|将|预计)"
    r"|\b(?:i|we)(?:'ve| have)(?: just| already| now)? \w+|\b(?:i|we)(?:'ll| will|'m going to| am going to|"
    r"'re going to| are going to)(?: now| just)? \w+|\b(?:i|we)(?:'m| am|'re| are)(?: now| just)? \w+ing\b"
    r"|\b(?:i|we)(?: have)?(?: just| already| now)? (?:\w{2,}(?<!ne)ed|sent|made|put|gave|took|set)\b|let me \w+"
    r"|\b(?:order|parcel|package|refund|request|return|account|coupon|address|payment|complaint|code|level)\b"
    r"(?: \w+){0,2} (?:has|have|was|were|is|are)(?: just| already| now| being)* (?!not\b)\w+(?:ed|en|nt|de|id)\b|\bis on its way"
    r"|(?:同事|客服|专员|专人|经理|有人).{0,4}(?:联系|致电|回电|打给|打电话|处理|找您)"
    r"|\b(?:someone|colleague|manager|agent|person|staff|team|they)\b.{0,12} (?:will|'ll) \w+"
)
# Not done yet: "once we have checked", 审核通过后.
_CONDITION = re.compile(
    r"如果|要是|若|一旦|只要|等(?!待)|\b(?:once|after|when|if|until|unless|before|as soon as|whether)\b",
    re.IGNORECASE,
)
_LATER = re.compile("^[^,。]{0,4}(?:之?后|以后|的话|才|再)")
# Where a promise is looked for in the evidence: anything it says of the matter will do.
_MATTERS = {
    "refund": r"退(?!出|订)|\brefund|\bback\b|reimburs",
    "discount": r"优惠(?!券|码)|折|减|便宜|降价|差价|抵|discount|cheaper|reduced|\boff\b|\blower",
    "coupon": r"券|红包|优惠码|礼品卡|coupon|voucher|\bcodes?\b|gift card",
    "gift": r"赠|送|礼|\bgift",
    "free": r"免|不收|\bfree\b",
    "replacement": r"补[发寄]|重[发寄做]|换(?=一|1|新|台|个|件)|新机|replac|\bnew one|again",
    "coverage": r"保修|cover|warrant",
    "delivery": r"送|到|寄|发|arriv|deliver|ship|sent|send|leave|reach|come",
}
PROMISES = {kind: re.compile(words, re.IGNORECASE) for kind, words in _SIGNALS.items()}
DONE = "done"
PROMISES[DONE] = re.compile(_DONE, re.IGNORECASE)
_BEARING = PROMISES | {
    kind: re.compile(f"{words}|{_SIGNALS[kind]}", re.IGNORECASE) for kind, words in _MATTERS.items()
}

# Denials that encourage are none, and neither is "without a reason".
_NO_DENIAL = re.compile(
    r"不仅|不但|不只|不光|没问题|无理由|无条件|无门槛|别担心|不用担心|不需要理由|not only|no problem|no matter|don'?t worry"
    r"|no doubt|why not|without (?:a |any |giving a )?(?:reason|question)s?|no questions asked|not just",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"(?:不(?:能|会|可以?|支持|提供|给|行|予|再|是|参与|承担|享受?|送|退|赔|包|保证|承诺|补)?|没有?|没法|无法|未|别|拒绝?|并非|暂无)"
    r"(?!用|需|必|收|要钱|花)(?:.{1,8}(?:可以|能)$|(?:[^就也都便即直,。;]{1,8}[、或和与])*[^就也都便即直,。;]{0,4}$)"
    r"|\b(?:no|not|never|cannot|can't|don't|doesn't|won't|isn't|aren't|neither|nor|unable to|without)\b(?: [\w'-]+){0,4} ?$",
    re.IGNORECASE,
)
_INSIDE = re.compile(r"不(?!满|同)|没|\b(?:no|not|never|cannot)\b|n't\b", re.IGNORECASE)
_AFTER = re.compile(
    r"^[^,。]{0,4}(?:不(?:能|会|可|支持|行|予|参与|算|给|补|退|提供|了|承担)|无法|没法|没有)"
    r"|^\w*(?: [\w'-]+){0,2}? (?:not|never|cannot|can't|isn't|aren't|won't|doesn't|don't|impossible|unavailable)\b",
    re.IGNORECASE,
)


_DENIAL = re.compile(
    r"不(?!用|需|必|收|同|错|客气|管|论|满|仅|但|要钱|花|好意思)|没(?!问题|关系|有就)|无(?!线)|非(?!常)|未|别(?!的|人|家)"
    r"|\b(?:no|not|never|cannot|without|neither|nor|none)\b|n't\b",
    re.IGNORECASE,
)


def denies(clause: str) -> bool:
    """Tell whether a normalised clause denies what it speaks of."""
    return bool(_DENIAL.search(_NO_DENIAL.sub("", clause)))


def promises(clause: str) -> dict[str, str]:
    """Return the kinds of what a normalised clause promises, each with the words that show it.

    What the clause denies is left out: "no coupons", "we do not refund".
    """
    return _affirmed(clause, PROMISES)


def matters(clause: str) -> dict[str, str]:
    """Return the kinds of promises that a normalised clause of the evidence can bear out."""
    return _affirmed(clause, _BEARING)


def _affirmed(clause: str, table: dict[str, re.Pattern[str]]) -> dict[str, str]:
    clause = _NO_DENIAL.sub(lambda found: "\0" * len(found[0]), clause)
    found: dict[str, str] = {}
    for kind, words in table.items():
        for match in words.finditer(clause):
            before, after = clause[: match.start()], clause[match.end() :]
            if _BEFORE.search(before) or (kind != "guarantee" and _AFTER.search(after)):
                continue
            if kind != "free" and _INSIDE.search(match[0]):
                continue
            if kind == DONE and (_CONDITION.search(before) or _LATER.search(after)):
                continue
            found.setdefault(kind, match[0])
    return found
