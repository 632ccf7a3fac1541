"""The options that say which data sets are learned from, and reading these."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from benchmarks.nlu.datasets import Dataset
from benchmarks.nlu.suites import SUITES, Suite


class Plan(NamedTuple):
    """A suite that is to be measured, under the name that its figures carry."""

    name: str
    suite: Suite
    dataset: Dataset


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add `--data`, `--suite` and `--train`."""
    parser.add_argument("--data", type=Path, required=True, help="folder of the data sets")
    parser.add_argument("--suite", choices=[*SUITES, "all"], required=True, help="data set")
    parser.add_argument(
        "--train",
        type=positive,
        metavar="N",
        help="train on N messages, drawn by the seed, instead of on all: for what takes long",
    )


def plans(arguments: argparse.Namespace) -> list[Plan]:
    """Read the data sets that were asked for, all before the first is measured.

    Raises:
        DataError: If one is missing or does not have the form that its reader knows.
    """
    names = list(SUITES) if arguments.suite == "all" else [arguments.suite]
    made = []
    for name in names:
        suite = SUITES[name]
        dataset = suite.read(arguments.data / suite.folder, arguments.seed)
        if arguments.train and arguments.train < len(dataset.train):
            dataset = dataset.learning_from(arguments.train, arguments.seed)
            # What others reached and what is to be reached is for all training messages.
            suite = replace(suite, targets={}, published={})
            name = f"{name}, {arguments.train:,} messages"
        made.append(Plan(name, suite, dataset))
    return made


def positive(text: str) -> int:
    """Read an option that is a whole number from 1 on."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("write a whole number from 1 on")
    return int(text)
