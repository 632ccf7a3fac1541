"""Sentences of the pages for what the service says in codes."""

from __future__ import annotations

import re

from backends.campaigns.copy.lies.lie import Lie
from backends.campaigns.copy.material.book import Material
from backends.campaigns.copy.rules.rule import Objection
from backends.console.texts import Texts

_PRODUCT = re.compile(r"product (\S+): (.+)")
_VOUCHED = re.compile(r"vouched: (\d+)")


def objection_sentence(t: Texts, objection: Objection, material: Material) -> str:
    """Why a rule objects, with the piece it objects to."""
    if objection.rule == "law":
        for claim in material.forbidden.claims:
            if claim.id == objection.why:
                reason = claim.reasons[t.language]
                return t("campaigns.law", what=objection.what, reason=reason, law=claim.law)
    for key in (f"{objection.rule}_{objection.why}", objection.rule):
        if f"campaigns.objections.{key}" in t.flat:
            return t(f"campaigns.objections.{key}", what=objection.what)
    return t("campaigns.objections.other", what=objection.what)


def lie_sentence(t: Texts, lie: Lie) -> str:
    """What a brief may not ask for, with what it asked for or what is true instead."""
    key = f"campaigns.lies.{lie.reason}"
    return t(key if key in t.flat else "campaigns.lies.other", what=lie.what)


def source_words(t: Texts, source: str) -> str:
    """Where a fact comes from."""
    if match := _PRODUCT.fullmatch(source):
        what = t.of("campaigns.sources", match[2].replace(" ", "_"))
        return t("campaigns.of_product", product=match[1], what=what)
    if match := _VOUCHED.fullmatch(source):
        return t("campaigns.of_vouched", number=match[1])
    return t.of("campaigns.sources", source.partition(":")[0])
