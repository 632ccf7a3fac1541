"""How the answers that forms take in the customer's own words are read."""

import re
from collections.abc import Callable
from functools import partial

from actions.message import plain

#: What was read (`None` when it cannot be) and the response that says what is wrong with it.
Reading = tuple[str | None, str | None]

_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+", re.ASCII)


def read_text(given: object, least: int, most: int, complaint: str) -> Reading:
    """Return text on one line, cut at `most` characters; `least` of them must be letters or digits."""
    text = plain(str(given or ""))
    if text.startswith("/") or len(re.sub(r"[\W_]", "", text)) < least:
        return None, complaint
    return text[:most].strip(), None


def read_email(given: object) -> Reading:
    """Return the one e-mail address in what was written."""
    found = set(_EMAIL.findall(plain(str(given or ""))))
    return (found.pop(), None) if len(found) == 1 else (None, "utter_email_malformed")


#: By slot. Slots that are not here are not free text.
READERS: dict[str, Callable[[object], Reading]] = {
    "new_address": partial(read_text, least=5, most=200, complaint="utter_address_too_short"),
    "return_reason": partial(read_text, least=1, most=200, complaint="utter_answer_empty"),
    "wanted_option": partial(read_text, least=1, most=100, complaint="utter_answer_empty"),
    "invoice_title": partial(read_text, least=2, most=100, complaint="utter_title_too_short"),
    "invoice_email": read_email,
    "complaint_text": partial(read_text, least=2, most=1000, complaint="utter_answer_empty"),
}
