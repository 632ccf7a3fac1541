"""What happened to a ticket, and what became of a reply, in words."""

from __future__ import annotations

from backends.console.texts import Texts
from backends.handoff.views import Said


def event_text(entry: Said, t: Texts) -> str:
    """What an entry of ``system`` says."""
    data = entry.data or {}
    person = data.get("staff") or entry.staff or ""
    if entry.event == "joined" and entry.staff and entry.staff != person:
        return t("events.given", actor=entry.staff, staff=person)
    if entry.event == "closed" and data.get("agreed"):
        return t("events.closed_agreed", staff=entry.staff or "", agreed=data["agreed"])
    key = f"events.{entry.event}"
    return t(key, staff=person) if key in t.flat else str(entry.event)


def delivery_text(entry: Said, t: Texts) -> str:
    """Whether the customer has what staff wrote."""
    if entry.delivery == "pending":
        if entry.waits:
            return t("delivery.waits")
        return t("delivery.again" if entry.reason else "delivery.pending")
    if entry.delivery == "failed":
        why = t.flat.get(f"delivery.reasons.{entry.reason}", entry.reason)
        return t("delivery.failed_why", why=why) if why else t("delivery.failed")
    return t(f"delivery.{entry.delivery}")
