"""Personal data: none but the customer's own name."""

import re
from functools import cache
from typing import ClassVar

from xiaoer.generation.guard.draft import Draft
from xiaoer.generation.guard.lexicons import lexicon
from xiaoer.generation.guard.reading.reading import read, read_all
from xiaoer.generation.guard.rule import Rule
from xiaoer.text import personal_data

_ADDRESS = re.compile(
    r"(?:[㐀-鿿]{2,8}?(?:省|市|区|县|镇|乡)){1,4}[㐀-鿿]{1,10}?(?:路|街|巷|弄|道|村|苑|小区)\s?[0-9一二三四五六七八九十]{0,5}\s?(?:号|弄|栋|幢|座|楼|单元|室)?"
    r"|[㐀-鿿]{1,10}(?:路|街|巷|弄|大道)\s?[0-9]{1,5}\s?(?:号|弄)"
    r"|[0-9一二三四五六七八九十]{1,4}\s?(?:栋|幢|单元|号楼)\s?[0-9]{0,5}\s?(?:室|单元|楼)?"
    r"|(?<![A-Za-z0-9])[0-9]{1,5},? (?:[A-Z][A-Za-z-]+ ){1,4}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Way|Square)(?![A-Za-z0-9])"
    r"|(?<![A-Za-z0-9])(?:Room|Flat|Apartment|Apt|Unit|Building) [0-9]{1,5}(?![A-Za-z0-9])"
)


class PersonalData(Rule):
    """No phones, cards, identity numbers, e-mails, addresses or names of people.

    Phones, e-mails and postal addresses may stand in the evidence: they are the shop's. Names and
    addresses may be known of this customer. Identity and card numbers are never said.
    """

    name: ClassVar[str] = "personal data"

    def objection(self, draft: Draft) -> str | None:
        """Return the first piece of personal data."""
        text = read(draft.reply).text
        evidence = [each.text for each in read_all(draft.evidence)]
        public = [
            proof[span.start : span.end] for proof in evidence for span in personal_data.find(proof)
        ]
        for span in personal_data.find(text):
            secret = span.kind in (personal_data.IDENTITY_NUMBER, personal_data.BANK_CARD)
            written = text[span.start : span.end]
            if secret or not _is_among(written, public):
                return written
        known = [each.text for each in read_all(draft.known)]
        for pattern in (_ADDRESS, *_names()):
            for match in pattern.finditer(text):
                said = match.groupdict().get("name") or match.group()
                if not any(said in proof for proof in [*evidence, *known]):
                    return match.group()
        return None


def _is_among(written: str, public: list[str]) -> bool:
    return not personal_data.find(written, allowed=public)


@cache
def _names() -> tuple[re.Pattern[str], re.Pattern[str]]:
    content = lexicon("words.yml")
    surnames = "|".join(content["surnames"].split())
    chinese = "|".join(content["titles"]["zh"])
    english = "|".join(content["titles"]["en"])
    others = "Customer|Sir|Madam|Guest|Friend|Shopper|Member"
    return (
        re.compile(
            rf"(?:(?<![㐀-鿿])|(?<=[是给叫找到为帮和跟由的]))(?!任何|常见)"
            rf"(?P<name>(?:{surnames})[㐀-鿿]{{0,2}}?)(?:{chinese})"
        ),
        re.compile(
            rf"(?<![A-Za-z0-9])(?:(?i:{english})\.?|Dear) "
            rf"(?P<name>(?!(?i:{others}|{english})(?![a-z]))[A-Z][a-z]+(?:[ -][A-Z][a-z]+)*)"
        ),
    )
