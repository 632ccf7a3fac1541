"""The same over PostgreSQL."""

import json

import pytest

from tests.backends.customers.profiled import COVERED, SEGMENTS, TAGS
from tests.backends.postgres import execute, new_database

pytestmark = pytest.mark.service


def test_profiles_and_segments_on_postgresql(run_backends, tmp_path):
    (tmp_path / "tags.yml").write_text(TAGS, encoding="utf-8")
    (tmp_path / "segments.yml").write_text(SEGMENTS, encoding="utf-8")
    with new_database() as url:
        env = {
            "DATABASE_URL": url,
            "XIAOER_CUSTOMERS_DATA": str(tmp_path),
            "XIAOER_STATE_DIR": str(tmp_path / "state"),
        }

        def run(*arguments):
            done = run_backends(*arguments, env=env)
            assert done.returncode == 0, done.stderr
            return done.stdout

        run("seed")
        run("customers", "train")
        covered = {row[0] for row in execute(COVERED, url)}
        hikers = run("customers", "segments", "hikers").split()
        assert 5 < len(hikers) < len(covered)
        assert set(hikers) <= covered
        profile = json.loads(run("customers", "profile", hikers[0], "--json"))
        outdoor = next(tag for tag in profile["tags"] if tag["tag"] == "outdoor")
        assert outdoor["probability"] >= 0.5 - 1e-3
        execute(f"DELETE FROM consents WHERE customer_id = '{hikers[0]}'", url)
        assert run("customers", "segments", "hikers").split() == hikers[1:]
        run("customers", "refresh")
        assert execute(f"SELECT 1 FROM profile_tags WHERE customer_id = '{hikers[0]}'", url) == []
