"""A server with staff and a Rasa beside it; the fixtures of the browser."""

from collections.abc import Callable, Iterator

import pytest

from backends.console.assets import FOLDER, SCRIPT
from tests.backends.conftest import TOKEN
from tests.backends.console.desk import PEOPLE, Desk, hire
from tests.backends.handoff.office import write_service
from tests.backends.handoff.outbound import Outbound
from tests.browser import browser, desktop, missing, phone  # noqa: F401


@pytest.fixture(scope="package")
def outbound(free_port) -> Iterator[Outbound]:
    running = Outbound(free_port(), TOKEN)
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="package")
def begin(
    tmp_path_factory, free_port, run_backends, start_light_shop, outbound
) -> Iterator[Callable]:
    """A function that starts a server with the given staff and an empty shop, on SQLite or a URL."""
    desks: list[Desk] = []

    def start(*people: str, workers: int = 1, url: str | None = None, **env: str) -> Desk:
        folder = tmp_path_factory.mktemp("desk")
        database = folder / "shop.db"
        url = url or f"sqlite+aiosqlite:///{database}"
        assert run_backends("migrate", env={"DATABASE_URL": url}).returncode == 0
        hire(url, *people)
        settings = {
            "DATABASE_URL": url,
            "RASA_URL": outbound.url,
            "XIAOER_SERVICE_FILE": str(write_service(folder / "service.yml")),
            **env,
        }
        shop = start_light_shop(database, folder, free_port(), env=settings, workers=workers)
        desks.append(Desk(shop, outbound))
        return desks[-1]

    yield start
    for desk in desks:
        for client in desk.clients:
            client.close()
        desk.shop.stop()


@pytest.fixture(scope="package")
def desk(begin) -> Desk:
    """The server most tests share; it stands behind a proxy that says who asks."""
    return begin(*PEOPLE, XIAOER_PROXIES="1")


@pytest.fixture
def live_desk(desk) -> Desk:
    """The same, for tests that need the script."""
    if not (FOLDER / SCRIPT).is_file():
        missing("the console's script is not built: `make web` builds it")
    return desk
