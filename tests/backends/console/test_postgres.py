"""The same on PostgreSQL: logins and their lock, a ticket, and the stream."""

import pytest

from tests.backends.console.test_events import named, stream
from tests.backends.postgres import new_database
from tests.waiting import eventually


@pytest.mark.service
def test_a_day_on_postgresql(begin):
    with new_database() as url:
        own = begin("sue", "ann", url=url)
        try:
            guesser = own.stranger()
            wrong = [guesser.log_in("sue", "wrong").status_code for _ in range(6)]
            assert wrong == [403] * 5 + [429]
            talk, ann = own.talk(), own.staff("ann")
            with stream(ann) as (heard, _):
                assert ann.post(f"{talk.path}/take").status_code == 303
                assert ann.post(f"{talk.path}/reply", text="hello", key="k").status_code == 303
                eventually(lambda: named(heard, f"ticket-{talk.reference}"))
                eventually(lambda: own.outbound.texts(talk.sender) == ["hello"])
            assert f'id="card-{talk.reference}"' in ann.get("/staff/?show=mine").text
            assert ann.post("/staff/language", language="zh").status_code == 303
            assert ann.post(f"{talk.path}/close", text="done").status_code == 303
            assert "会话已结束" in ann.get(talk.path).text
            assert ann.post("/staff/logout").status_code == 303
            assert ann.get("/staff/").status_code == 303
        finally:
            own.shop.stop()
