"""The erasure itself: one transaction over all tables of the plan."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from backends.customers.erasure.elsewhere import ELSEWHERE
from backends.customers.erasure.open_business import refuse_open_business
from backends.customers.erasure.person import Person, recognise
from backends.customers.erasure.plan import KEPT, STEPS, Step
from backends.customers.models import Erasure
from backends.customers.schemas import ErasureView, KeptView, SenderView
from backends.db import Database
from backends.errors import not_found
from backends.models import Base
from backends.orders.models import ERASED, Customer

_BARE_ID = (
    "The bare customer id and the moment are kept, to prove the erasure and to erase again what a "
    "restored back-up brings back."
)


async def erase(db: Database, customer_id: str, moment: datetime, window_days: int) -> ErasureView:
    """Erase a customer, and take what was deleted out of the database's files.

    Once more, it removes what has turned up since (from a request that was under way, or a
    restored back-up) and adds it to the report.

    Args:
        db: the database.
        customer_id: whom.
        moment: the present.
        window_days: how many days after delivery goods may come back.

    Raises:
        ApiError: 404 when there never was such a customer, 409 while they have open business.
    """
    async with db.write() as session:
        view = await _erase(session, customer_id, moment, window_days)
    await db.scrub()
    return view


async def _erase(
    session: AsyncSession, customer_id: str, moment: datetime, window_days: int
) -> ErasureView:
    query = select(Customer).where(Customer.id == customer_id, Customer.id != ERASED)
    customer = (await session.execute(query.with_for_update())).scalar_one_or_none()
    record = await session.get(Erasure, customer_id, with_for_update=True)
    if customer is None and record is None:
        raise not_found("There is no such customer.")
    if customer is not None:
        await refuse_open_business(session, customer_id, moment, window_days)
        await _make_nobody(session, moment)
    person = await recognise(session, customer_id, customer.phone if customer else None)
    report = await _carry_out(session, person)
    if record is None:
        record = Erasure(customer_id=customer_id, at=moment, report=report)
        session.add(record)
    else:
        record.report = _joined(record.report, report)
    return _view(record, person, already=customer is None)


async def _make_nobody(session: AsyncSession, moment: datetime) -> None:
    """Make the customer to whom the orders of the erased belong, unless there is one."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    values = {"id": ERASED, "name": "", "language": "zh", "phone": "", "created_at": moment}
    await session.execute(insert(Customer).values(**values).on_conflict_do_nothing())


async def _carry_out(session: AsyncSession, person: Person) -> dict[str, Any]:
    kept = []
    for each in KEPT:
        table = Base.metadata.tables[each.table]
        count = select(func.count()).select_from(table).where(each.rows(person, table))
        kept.append([each.table, (await session.execute(count)).scalar_one(), each.why])
    report: dict[str, Any] = {"removed": {}, "anonymised": {}, "kept": kept}
    for step in STEPS:
        done = "removed" if step.values is None else "anonymised"
        report[done][step.table] = await _take(session, step, person)
    return report


async def _take(session: AsyncSession, step: Step, person: Person) -> int:
    table = Base.metadata.tables[step.table]
    rows = step.rows(person, table)
    statement: Any = delete(table) if step.values is None else update(table).values(**step.values)
    return (await session.execute(statement.where(rows))).rowcount


def _joined(earlier: dict[str, Any], later: dict[str, Any]) -> dict[str, Any]:
    """The counts of both times; what was kept the first time is kept still."""
    return {
        "kept": earlier["kept"],
        **{
            done: {
                table: earlier[done].get(table, 0) + later[done].get(table, 0)
                for table in {**earlier[done], **later[done]}
            }
            for done in ("removed", "anonymised")
        },
    }


def _view(record: Erasure, person: Person, already: bool) -> ErasureView:
    kept = [KeptView(what=what, rows=rows, why=why) for what, rows, why in record.report["kept"]]
    return ErasureView(
        customer_id=record.customer_id,
        erased_at=record.at,
        already_erased=already,
        removed=record.report["removed"],
        anonymised=record.report["anonymised"],
        kept=[*kept, KeptView(what="erasures", rows=1, why=_BARE_ID)],
        elsewhere=ELSEWHERE,
        senders=[SenderView(channel=channel, sender=sender) for channel, sender in person.senders],
    )
