"""Threads of a training sleep while they wait, unless they are told to do otherwise."""

import os

import pytest

from xiaoer.openmp import sleep_while_waiting


@pytest.mark.parametrize(("before", "after"), [(None, "PASSIVE"), ("ACTIVE", "ACTIVE")])
def test_the_environment_has_the_last_word(monkeypatch, before, after) -> None:
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    if before:
        monkeypatch.setenv("OMP_WAIT_POLICY", before)
    sleep_while_waiting()
    assert os.environ["OMP_WAIT_POLICY"] == after
