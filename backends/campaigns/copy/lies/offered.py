"""A discount, gift or free shipping hidden among the facts, which no offer gives."""

from __future__ import annotations

import re
from collections.abc import Iterator

from backends.campaigns.copy.briefs.brief import AMOUNT, FREE_SHIPPING, GIFT, PERCENT
from backends.campaigns.copy.lies.lie import Asked, Check, Lie
from xiaoer.generation.guard.reading.normalising import normalise, small

_DISCOUNT = re.compile(
    r"打折|折扣|降价|立减|特价|半价|减免|优惠|满.{0,8}减|秒杀|返现|返利|免单|[买拍]一[送赠]|第二件"
    r"|\bdiscounts?\b|\bhalf[- ]price\b|\bon sale\b|\bcash ?back\b|\bcoupons?\b|\bvouchers?\b"
    r"|\b(?:buy|get) one\b|\bbogo\b|\bpercent off\b|\bprice cut\b"
)
_GIFT = re.compile(
    r"赠品|赠送|附赠|白送|买.{0,4}送|免费(?:领|送|得|拿)|送(?:您|你|一)|\bfree gifts?\b|\bgiveaway\b"
    r"|\bcomplimentary\b|\bfor free\b|\bfree (?:\w+ )?with\b"
)
_SHIPPING = re.compile(r"包邮|免邮|免运费|\bfree (?:shipping|delivery|postage)\b|\bships? free\b")


class Offered(Check):
    """What only an offer gives is not said as a fact."""

    def lies(self, asked: Asked) -> Iterator[Lie]:
        """Read the statements."""
        kind = asked.brief.offer.kind if asked.brief.offer else None
        for field in ("facts", "points"):
            for text in getattr(asked.brief, field):
                read = small(normalise(text))
                for pattern, kinds in (
                    (_DISCOUNT, (PERCENT, AMOUNT)),
                    (_GIFT, (GIFT,)),
                    (_SHIPPING, (FREE_SHIPPING,)),
                ):
                    found = pattern.search(read)
                    # An offer is told by its own wording, never beside it.
                    if found and (field == "facts" or kind not in kinds):
                        yield Lie("not_offered", field, found.group())
                        break
