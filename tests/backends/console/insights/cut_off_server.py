"""A server of its own process that sends the page's CSV, whole or until its database goes away."""

import sys
from contextlib import asynccontextmanager
from datetime import date
from types import SimpleNamespace

from sanic import Sanic

from backends.console.insights import export
from backends.console.insights.periods import period_dates

LINE = "a" * 1000 + "\r\n"


async def lines(session, filters):
    """A hundred lines; where `filters` says so the database goes away after them."""
    for _ in range(100):
        yield LINE
    if filters == "broken":
        raise OSError("the database is gone")


class Database:
    @asynccontextmanager
    async def read(self):
        yield None


def main(port):
    export.csv_lines = lines
    app = Sanic("cut_off")
    dates = period_dates("7", date(2026, 11, 26))

    @app.get("/<which:str>")
    async def file(request, which):
        visit = SimpleNamespace(request=request, db=Database())
        await export.send_csv(visit, SimpleNamespace(dates=dates, filters=which))

    app.run("127.0.0.1", port, motd=False, access_log=False)


if __name__ == "__main__":
    main(int(sys.argv[1]))
