"""A server over the catalogue with a supervisor and an agent, and the browser."""

import pytest

from backends.console.assets import FOLDER, SCRIPT
from tests.backends.campaigns.copy.catalogue import write_catalogue
from tests.backends.campaigns.copy.office import open_office
from tests.browser import browser, desktop, missing, phone  # noqa: F401


@pytest.fixture(scope="package")
def office(tmp_path_factory, start_light_shop, free_port):
    """A server that these tests share."""
    folder = tmp_path_factory.mktemp("copy-pages")
    catalogue = folder / "catalogue.db"

    write_catalogue(catalogue)
    opened = open_office(start_light_shop, catalogue, folder, free_port())
    opened.shop.sql("UPDATE variants SET stock = 50")
    yield opened
    opened.sue.http.close()
    opened.shop.stop()


@pytest.fixture
def live_office(office):
    """The same, for tests that need the script."""
    if not (FOLDER / SCRIPT).is_file():
        missing("the console's script is not built: `make web` builds it")
    return office
