"""Reading the form of a new outreach; times are typed by the shop's clock."""

from __future__ import annotations

from datetime import datetime

from pydantic import ValidationError

from backends.campaigns.outreach.audience import OutreachAudience
from backends.campaigns.outreach.planning import Plan
from backends.campaigns.outreach.schemas import OutreachRequest
from backends.clock import SHOP_TIME
from backends.console.forms import Form


class PlanFormError(Exception):
    """A field cannot be used; ``code`` is one of the refusals among the page's texts."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_audience(form: Form) -> OutreachAudience:
    """The audience that was chosen.

    Raises:
        PlanFormError: it is not whole.
    """
    kind = form.one("kind")
    fields: dict[str, object] = {"kind": kind}
    if kind == "segment":
        fields["segment"] = form.one("segment")
    elif kind == "product":
        fields["product"] = form.one("product")
        fields["limit"] = form.one("limit")
    try:
        audience = OutreachAudience.parse_obj(fields)
    except ValidationError:
        raise PlanFormError("audience") from None
    if not audience.is_whole:
        raise PlanFormError("audience")
    return audience


def read_plan(form: Form, moment: datetime) -> Plan:
    """The whole plan.

    Raises:
        PlanFormError: a field cannot be used.
    """
    audience = read_audience(form)
    begins_at = _moment(form.one("begins_at"), "begins_at")
    ends_at = _moment(form.one("ends_at"), "ends_at")
    if ends_at is None:
        raise PlanFormError("ends_at")
    copies = form.many("copies")
    if not copies:
        raise PlanFormError("no_copy")
    fields = {
        "name": form.one("name"),
        "audience": audience,
        "copies": copies,
        "experiment": form.one("experiment") or None,
        "begins_at": begins_at,
        "ends_at": ends_at,
    }
    try:
        read = OutreachRequest.parse_obj(fields)
    except ValidationError as error:
        known = {"name", "copies", "begins_at", "ends_at", "experiment"}
        field = str(error.errors()[0]["loc"][0])
        raise PlanFormError(field if field in known else "other") from None
    return Plan(
        read.name, read.audience, tuple(read.copies), read.experiment, read.begins_at, read.ends_at
    )


def _moment(typed: str, field: str) -> datetime | None:
    if not typed:
        return None
    try:
        return datetime.strptime(typed[:16], "%Y-%m-%dT%H:%M").replace(tzinfo=SHOP_TIME)
    except ValueError:
        raise PlanFormError(field) from None
