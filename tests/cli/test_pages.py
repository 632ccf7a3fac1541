"""Which pages `xiaoer up` names."""

from pathlib import Path

import pytest

from xiaoer.cli.pages import pages_of
from xiaoer.cli.project import Project
from xiaoer.cli.services import Ports


def test_the_shop_has_a_chat_and_a_page_for_staff(project_root: Path) -> None:
    assert pages_of(Project(project_root), Ports(rasa=7005, backends=7080)) == {
        "chat": "http://127.0.0.1:7005/webhooks/web/demo",
        "staff": "http://127.0.0.1:7080/staff",
    }


@pytest.mark.parametrize("credentials", [None, "", "rest:\n", "- rest\n"])
def test_a_plain_rasa_project_has_none(tmp_path: Path, credentials: str | None) -> None:
    (tmp_path / "config.yml").write_text("recipe: default.v1\n")
    if credentials is not None:
        (tmp_path / "credentials.yml").write_text(credentials)

    assert pages_of(Project(tmp_path), Ports()) == {}
