"""Triggers that write down which days' sums a change makes stale, whoever makes it.

A migration that makes a table anew (which SQLite needs for most changes of one) loses its triggers
and must call `follow` again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from alembic import op

#: The shop's clock, see `backends.clock`.
_HOURS = 8


@dataclass(frozen=True)
class Followed:
    """A table whose changes are followed.

    Attributes:
        table: its name.
        what: the word that is written down.
        column: the moment, or the day, that says which day's sums a row is in.
        is_day: whether it is a day.
        watched: columns whose change counts; none means that updates do not.
        inserts: whether new rows count.
        through: the table that has ``column``, when it is another one: that table's key, and the
            column that refers to it.
    """

    table: str
    what: str
    column: str
    is_day: bool = False
    watched: Sequence[str] = ()
    inserts: bool = True
    through: tuple[str, str, str] | None = None


def follow(each: Followed) -> None:
    """Make the triggers of a table."""
    for event in _events(each):
        if _is_sqlite():
            op.execute(
                f"CREATE TRIGGER {_name(each, event)} AFTER {_when(each, event)} "
                f"ON {each.table} FOR EACH ROW BEGIN {_mark(each, event)}; END"
            )
        else:
            name = _name(each, event)
            op.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN {_mark(each, event)}; RETURN NULL; END $$"
            )
            op.execute(
                f"CREATE TRIGGER {name} AFTER {_when(each, event)} "
                f"ON {each.table} FOR EACH ROW EXECUTE FUNCTION {name}()"
            )


def mark_all(each: Followed) -> None:
    """Write down every day that the table's rows are on."""
    days = f"SELECT DISTINCT {_day(each, each.table)} AS day FROM {each.table}"  # noqa: S608
    op.execute(_insert(each, days))


def unfollow(each: Followed) -> None:
    """Remove the triggers of a table."""
    for event in _events(each):
        if _is_sqlite():
            op.execute(f"DROP TRIGGER {_name(each, event)}")
        else:
            op.execute(f"DROP TRIGGER {_name(each, event)} ON {each.table}")
            op.execute(f"DROP FUNCTION {_name(each, event)}()")


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _events(each: Followed) -> list[str]:
    updates = ["update"] if each.watched else []
    return [*(["insert"] if each.inserts else []), *updates, "delete"]


def _name(each: Followed, event: str) -> str:
    return f"insight_mark_{each.table}_{event}"


def _when(each: Followed, event: str) -> str:
    return f"UPDATE OF {', '.join(each.watched)}" if event == "update" else event.upper()


def _mark(each: Followed, event: str) -> str:
    versions = {"insert": ["NEW"], "update": ["OLD", "NEW"], "delete": ["OLD"]}[event]
    # The union of a day with itself is one row.
    days = " UNION ".join(f"SELECT {_day(each, version)} AS day" for version in versions)
    return _insert(each, days)


def _insert(each: Followed, days: str) -> str:
    # Made of names in the migrations, nothing that somebody sent.
    marks = f"SELECT '{each.what}', day FROM ({days}) AS days WHERE day IS NOT NULL"  # noqa: S608
    return f"INSERT INTO insight_stale_days (what, day) {marks}"


def _day(each: Followed, version: str) -> str:
    if each.through:
        table, key, reference = each.through
        day = _of_moment(f"{table}.{each.column}")
        return f"(SELECT {day} FROM {table} WHERE {table}.{key} = {version}.{reference})"  # noqa: S608
    column = f"{version}.{each.column}"
    return column if each.is_day else _of_moment(column)


def _of_moment(column: str) -> str:
    if _is_sqlite():
        return f"date({column}, '+{_HOURS} hours')"
    return f"CAST({column} AT TIME ZONE INTERVAL '{_HOURS} hours' AS date)"
