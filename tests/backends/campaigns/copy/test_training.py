"""Training on approved copy, and a server that takes the writer up."""

import json
import re
import time

import pytest

from tests.backends.campaigns.copy.conftest import EARBUDS
from tests.backends.campaigns.copy.office import open_office


@pytest.fixture
def own(tmp_path, catalogue, start_light_shop, free_port):
    opened = open_office(
        start_light_shop, catalogue, tmp_path, free_port(), XIAOER_COPY_DEADLINE="10"
    )
    yield opened
    opened.sue.http.close()
    opened.shop.stop()


def command(run_backends, own, *arguments):
    env = {
        "DATABASE_URL": f"sqlite+aiosqlite:///{own.shop.database}",
        "XIAOER_STATE_DIR": str(own.shop.database.parent),
    }
    return run_backends("campaigns", *arguments, env=env, timeout=300)


def test_trained_on_what_was_approved_and_taken_up(own, run_backends):
    own.shop.sql("UPDATE variants SET stock = 50")
    few = command(run_backends, own, "train", "--base", "scratch")
    assert few.returncode == 1
    assert few.stderr.strip().endswith(
        "There are 0 approved texts and training wants at least 20: approve more in the console at "
        "/staff/campaigns."
    )
    assert own.drafts()[0]["writer"] == "templates"
    ids = own.shop.sql("SELECT id FROM products WHERE category_id = 'audio' LIMIT 5")
    for (id,) in ids:
        own.drafts(products=[id], tone="warm", variants=2)
    own.shop.sql("UPDATE copy_variants SET state = 'approved'")
    done = command(run_backends, own, "train", "--base", "scratch", "--seconds", "20",
                   "--least", "10")  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert "%" in done.stderr, "a progress bar"
    before, after = map(
        float, re.search(r"texts: ([\d.e+]+) before, ([\d.e+]+) after", done.stdout).groups()
    )
    assert after < before
    (folder,) = (own.shop.database.parent / "copy-writer").iterdir()
    about = json.loads((folder / "generator.json").read_text())["about"]
    assert about["base"] == "scratch"
    assert about["approved"] >= 8
    # The first brief finds it being opened, or open already.
    end = time.monotonic() + 150
    while time.monotonic() < end:
        made = own.order(products=[EARBUDS], tone="warm").json()
        assert len(made["variants"]) == 3
        if "opening" not in made["notes"]:
            break
        time.sleep(0.5)
    assert not {"opening", "no_model", "failed"} & set(made["notes"])
    # Hardly trained, it writes nonsense, which the rules drop: what is left is true.
    for variant in made["variants"]:
        assert variant["writer"] in ("templates", f"local:{folder.name}")


def test_check_of_the_shops_own_files(own, run_backends):
    done = command(run_backends, own, "check")
    assert done.returncode == 0, done.stderr
    assert "122 templates" in done.stdout
    assert done.stdout.strip().endswith("0 problems.")
