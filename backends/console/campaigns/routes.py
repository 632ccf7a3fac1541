"""Supervisors order copy, read what was written and what it rests on, and decide."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from sanic import Blueprint
from sanic.response import HTTPResponse
from sqlalchemy.ext.asyncio import AsyncSession

from backends.campaigns.copy import approval
from backends.campaigns.copy.briefs import records
from backends.campaigns.copy.briefs.brief import MOST_VARIANTS
from backends.campaigns.copy.material.book import Material
from backends.campaigns.copy.models import CopyVariant
from backends.campaigns.copy.service import CopyService, LieError
from backends.console.campaigns.brief_form import FormError, key_of, lines, new_key, read_brief
from backends.console.campaigns.content import brief_list, brief_page, form_choices
from backends.console.campaigns.wording import lie_sentence
from backends.console.visit import Visit, page
from backends.db import now
from backends.errors import ApiError
from backends.staff.models import SUPERVISOR

blueprint = Blueprint("staff_campaigns", url_prefix="/staff")

_HERE = "/staff/campaigns"
#: Longest sentence to vouch for or to make a point of, and how many there may be.
_SENTENCE, _FACTS, _POINTS = 200, 5, 3


@page(blueprint, "GET", "/campaigns", roles=(SUPERVISOR,))
async def campaigns(visit: Visit) -> HTTPResponse:
    """List the briefs."""
    async with visit.db.read() as session:
        briefs = await brief_list(session)
    return visit.page("campaigns/campaigns.html", briefs=briefs)


@page(blueprint, "GET", "/campaigns/new", roles=(SUPERVISOR,))
async def new(visit: Visit) -> HTTPResponse:
    """Show the form of a brief."""
    return await _form(visit)


@page(blueprint, "POST", "/campaigns/new", roles=(SUPERVISOR,))
async def order(visit: Visit) -> HTTPResponse:
    """Write copy for a brief, or say why not."""
    t = visit.texts
    try:
        brief = read_brief(visit.form)
        key = key_of(visit.form, visit.staff.id)
        row, _ = await _copy(visit).order(visit.db, key, brief, visit.staff.id)
    except FormError as error:
        name = t.of("campaigns.fields", error.field)
        return await _form(visit, 400, [t("campaigns.field_wrong", field=name)])
    except LieError as error:
        return await _form(visit, error.status, [lie_sentence(t, lie) for lie in error.lies])
    except ApiError as error:
        if error.extra.get("reason") != "unknown":
            raise
        name = t.of("campaigns.fields", error.extra["field"])
        return await _form(visit, 409, [t("campaigns.unknown", field=name)])
    return visit.go(f"{_HERE}/{row.reference}")


@page(blueprint, "POST", "/campaigns/length", roles=(SUPERVISOR,))
async def length(visit: Visit) -> HTTPResponse:
    """Count while somebody types: a text in its channel's unit, or sentences."""
    form, material = visit.form, await _copy(visit).material()
    channel = material.channels.get(form.one("channel"))
    if form.one("count") == "text" and channel is not None:
        text = form.raw("text").strip()
        return visit.page(
            "campaigns/length.html",
            length=channel.length(text),
            most=channel.most,
            unit=channel.unit,
        )
    name = "points" if form.one("count") == "points" else "facts"
    written = lines(form.raw(name))
    return visit.page(
        "campaigns/length.html",
        length=len(written),
        most=_FACTS if name == "facts" else _POINTS,
        unit="sentences",
    )


@page(blueprint, "GET", "/campaigns/<reference:str>", roles=(SUPERVISOR,))
async def show(visit: Visit) -> HTTPResponse:
    """Show a brief and what was written for it."""
    return await _brief(visit, visit.path["reference"])


@page(blueprint, "POST", "/campaigns/variants/<reference:str>/edit", roles=(SUPERVISOR,))
async def edit(visit: Visit) -> HTTPResponse:
    """Change a draft's text."""
    text, version = visit.form.raw("text"), _version(visit)

    async def work(session: AsyncSession, material: Material) -> CopyVariant:
        return await approval.edit(
            session, visit.path["reference"], text, version, visit.staff.id, material, now()
        )

    return await _decide(visit, work)


@page(blueprint, "POST", "/campaigns/variants/<reference:str>/approve", roles=(SUPERVISOR,))
async def approve(visit: Visit) -> HTTPResponse:
    """Approve a draft."""
    version = _version(visit)

    async def work(session: AsyncSession, material: Material) -> CopyVariant:
        return await approval.approve(
            session, visit.path["reference"], version, visit.staff.id, material, now()
        )

    return await _decide(visit, work)


@page(blueprint, "POST", "/campaigns/variants/<reference:str>/reject", roles=(SUPERVISOR,))
async def reject(visit: Visit) -> HTTPResponse:
    """Reject a draft."""
    reason, version = visit.form.one("reason"), _version(visit)

    async def work(session: AsyncSession, material: Material) -> CopyVariant:
        return await approval.reject(
            session, visit.path["reference"], version, visit.staff.id, reason, now()
        )

    return await _decide(visit, work)


async def _decide(
    visit: Visit, work: Callable[[AsyncSession, Material], Awaitable[CopyVariant]]
) -> HTTPResponse:
    """Do it and show the brief again; what speaks against it stands on top."""
    material = await _copy(visit).material()
    async with visit.db.read() as session:
        _, row = await records.variant_of(session, visit.path["reference"])
    try:
        async with visit.db.write() as session:
            variant = await work(session, material)
    except ApiError as error:
        reason = f"campaigns.refusals.{error.extra.get('reason')}"
        if reason not in visit.texts.flat:
            raise
        return await _brief(visit, row.reference, error.status, visit.texts(reason))
    return visit.go(f"{_HERE}/{row.reference}#{variant.reference}")


async def _brief(
    visit: Visit, reference: str, status: int = 200, refusal: str = ""
) -> HTTPResponse:
    material = await _copy(visit).material()
    async with visit.db.read() as session:
        row = await records.brief_of(session, reference)
        content = await brief_page(session, row, material, visit.texts)
    return visit.page(
        "campaigns/brief.html",
        status,
        refusal=refusal,
        most_text=approval.MOST_TEXT,
        most_reason=approval.MOST_REASON,
        **content,
    )


async def _form(visit: Visit, status: int = 200, refusals: list[str] | None = None) -> HTTPResponse:
    copy = _copy(visit)
    material, segments = await copy.material(), await copy.segments()
    async with visit.db.read() as session:
        choices: dict[str, Any] = await form_choices(session, visit.texts.language)
    return visit.page(
        "campaigns/new.html",
        status,
        form=visit.form,
        key=visit.form.one("key") or new_key(),
        refusals=refusals or [],
        tones=material.tones,
        channels=material.channels,
        segments=segments,
        limits=material.limits,
        most=MOST_VARIANTS,
        sentence=_SENTENCE,
        most_facts=_FACTS,
        most_points=_POINTS,
        **choices,
    )


def _version(visit: Visit) -> int:
    given = visit.form.one("version")
    return int(given) if given.isdecimal() and len(given) < 9 else 0


def _copy(visit: Visit) -> CopyService:
    service: CopyService = visit.request.app.ctx.copy
    return service
