"""Opening hours: reckoned here minute by minute, and read from a file whose mistakes are named."""

from datetime import date, datetime, time, timedelta, timezone
from random import Random
from zoneinfo import ZoneInfo

import pytest

from backends.handoff.opening import Opening, SpecialDays
from backends.handoff.service_file import parts_of, read_service
from backends.setup_error import SetupError

WEEK = ["09:00-12:00, 13:30-18:00"] * 5 + ["10:00–24:00", "closed"]
HOURS = "\n".join(
    f"  {day}: 09:00-21:00"
    for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
)
FILE = f"time_zone: Asia/Shanghai\nhours:\n{HOURS}\n"


def is_open_by_the_clock(text_of_day, moment, zone):
    """The same question asked of the written hours, by the clock on the wall."""
    wall = moment.astimezone(zone)
    clock = f"{wall:%H:%M:%S}"
    written = text_of_day(wall.date())
    return written != "closed" and any(
        begins.strip() <= clock[:5] and clock < end.strip() + ":00"
        for begins, end in (part.replace("–", "-").split("-") for part in written.split(","))
    )


@pytest.mark.parametrize("name", ["Asia/Shanghai", "Europe/Berlin", "America/New_York"])
def test_they_are_what_the_clock_on_the_wall_says(name):
    zone = ZoneInfo(name)
    special = {"2026-10-01": "closed", "2026-10-02": "10:00-11:00"}

    def text_of_day(day):
        return special.get(day.isoformat(), WEEK[day.weekday()])

    opening = Opening(
        zone,
        [parts_of(text) for text in WEEK],
        [
            SpecialDays(date.fromisoformat(day), date.fromisoformat(day), parts_of(text))
            for day, text in special.items()
        ],
    )
    dice = Random(5)
    # From before the change to summer time until after the change back.
    start = datetime(2026, 3, 20, tzinfo=timezone.utc)
    for _ in range(300):
        moment = start + timedelta(
            minutes=dice.randrange(60 * 24 * 240), seconds=dice.choice((0, 59))
        )
        open_now = is_open_by_the_clock(text_of_day, moment, zone)
        assert opening.is_open(moment) is open_now, moment
        opens = opening.opens_at(moment)
        if open_now:
            assert opens is None
            continue
        later = moment.replace(second=0) + timedelta(minutes=1 if moment.second else 0)
        while not is_open_by_the_clock(text_of_day, later, zone):
            later += timedelta(minutes=1)
        assert opens == later


def test_who_never_opens_says_so():
    never = Opening(ZoneInfo("Asia/Shanghai"), [()] * 7)
    assert never.opens_at(datetime(2026, 1, 1, tzinfo=timezone.utc)) is None


def test_the_shops_own_file_is_read(project_root):
    service = read_service(project_root / "data" / "shop" / "service.yml")
    zone = service.opening.zone
    for moment, open_then in (
        (datetime(2026, 11, 29, 20, 59, 59, tzinfo=zone), True),
        (datetime(2026, 11, 29, 21, 0, tzinfo=zone), False),
        (datetime(2027, 2, 5, 17, 30, tzinfo=zone), False),
        (datetime(2027, 2, 12, 17, 30, tzinfo=zone), True),
    ):
        assert service.opening.is_open(moment) is open_then
    assert service.time_outs.unassigned == timedelta(minutes=10)


def test_a_day_may_go_on_until_midnight():
    assert parts_of("22:00-24:00") == ((time(22), None),)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("hours: [", "line 1"),
        ("time_zone: Asia/Shanghai\nhours: 5", "hours must name each day"),
        ("- a", "must begin with time_zone"),
        (FILE.replace("Asia/Shanghai", "Asia/Nowhere"), "time_zone must be a time zone"),
        (FILE.replace("Asia/Shanghai", "../../etc/passwd"), "time_zone must be a time zone"),
        (FILE.replace("  sunday: 09:00-21:00", ""), "each day from monday to sunday: sunday"),
        (FILE.replace("sunday", "funday"), "funday"),
        (FILE.replace("sunday: 09:00-21:00", "sunday: 9-21"), "sunday must be like 09:00-21:00"),
        (FILE.replace("sunday: 09:00-21:00", "sunday: 09:00-25:00"), "sunday must be like"),
        (FILE.replace("sunday: 09:00-21:00", "sunday: 21:00-09:00"), "sunday must end later"),
        (FILE.replace("sunday: 09:00-21:00", "sunday: 9:00"), "sunday must be like"),
        (
            FILE.replace("sunday: 09:00-21:00", "sunday: '09:00-12:00, 11:00-13:00'"),
            "sunday has parts that overlap",
        ),
        (FILE + "special_days: [{date: 2027-02-30, hours: closed}]", "a day that is none"),
        (FILE + "special_days: [{date: 20270205, hours: closed}]", "special_days 1 date"),
        (FILE + "special_days: [{date: 2027-02-05, to: 2027-02-01, hours: closed}]", "`to` before"),
        (FILE + "special_days: [{date: 2027-02-05}]", "special_days 1 hours is missing"),
        (FILE + "time_outs: {unassigned: 0}", "time_outs unassigned"),
        (FILE + "time_outs: {lunch: 1}", "time_outs lunch is unknown"),
        (FILE + "lunch: 12:00", "lunch is unknown"),
    ],
)
def test_a_mistake_is_one_sentence_that_names_the_place(tmp_path, text, where):
    path = tmp_path / "service.yml"
    path.write_text(text)
    with pytest.raises(SetupError) as refused:
        read_service(path)
    sentence = str(refused.value)
    assert sentence.startswith(str(path))
    assert where in sentence
    assert "\n" not in sentence


def test_a_file_that_is_not_there_is_asked_for(tmp_path):
    with pytest.raises(SetupError, match="set XIAOER_SERVICE_FILE"):
        read_service(tmp_path / "service.yml")


def test_the_server_does_not_start_with_a_mistake(run_backends, tmp_path):
    env = {"DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path / 'shop.db'}"}
    assert run_backends("migrate", env=env).returncode == 0
    path = tmp_path / "hours.yml"
    path.write_text("hours: 5")
    done = run_backends("serve", "--port=0", env={**env, "XIAOER_SERVICE_FILE": str(path)})
    assert done.returncode == 1
    assert "time_zone is missing" in done.stderr
    assert "Traceback" not in done.stderr
