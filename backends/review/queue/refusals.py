"""Why something cannot be decided."""

from __future__ import annotations

from typing import Any

from backends.errors import ApiError

#: What developers read; the pages have sentences of their own by the same names.
_MESSAGES = {
    "decided_by_other": "Somebody else has decided some of these messages; nothing was changed.",
    "nothing_chosen": "No open message is named.",
    "unknown_intent": "There is no such intent.",
    "no_intent": "Nothing was understood that could be accepted.",
    "intent_name": "An intent's name is of small letters, digits and underscores, letter first.",
    "intent_taken": "There is such an intent already.",
    "two_examples": "A new intent needs two different examples.",
    "file": "There is no such file of NLU data.",
    "masked": "Personal data were taken out of the text: edit it first.",
    "personal_data": "The text holds personal data.",
    "piece": "The piece does not stand in the text.",
    "markup_form": "Something looks like a marked entity and is none.",
    "markup_entity": "There is no such entity.",
    "markup_role": "There is no such role.",
    "empty": "The text says nothing.",
    "too_long": "The text is too long.",
    "no_language": "The article is not in the language of the message.",
    "article": "The article is not complete.",
    "article_taken": "There is an article of this name.",
    "unknown_article": "There is no such article.",
    "variants": "The article has as many ways to ask as it can have.",
    "changed": "Somebody else has edited the text.",
    "count_changed": "Not as many messages are open any more as were shown.",
    "exported": "It was exported already.",
    "undone": "It was undone already.",
    "unknown_staff": "There is no such supervisor.",
    "kind": "There is no such decision.",
}


class ReviewRefusal(ApiError):
    """409; nothing was changed.

    Args:
        reason: one of the names above.
        details: what the sentence names, such as who decided.
    """

    def __init__(self, reason: str, **details: Any) -> None:
        super().__init__(409, "not_allowed", _MESSAGES[reason], reason=reason)
        self.reason = reason
        self.details = details
