"""The data sets, with what is to be reached on each and what others have published."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.nlu.datasets import Dataset
from benchmarks.nlu.datasets.bio import product_titles
from benchmarks.nlu.datasets.lines import WHOLE, banking77, snips
from benchmarks.nlu.datasets.tables import massive, shop_reviews, sofmattress

#: Names of figures, which targets and published results refer to.
ACCURACY = "intent accuracy"
F1 = "entity F1"
SENTENCE = "sentence accuracy"
ECE = "expected calibration error"
OVERALL = "overall accuracy at the threshold"
RECALL = "out-of-scope recall at the threshold"


@dataclass(frozen=True)
class Suite:
    """One data set.

    Attributes:
        folder: Its folder within that of `--data`.
        read: Reads it; takes the folder and the seed.
        language: For Rasa's config.yml and the choice of the peer's tokenizer.
        targets: What to reach, by the name of the figure.
        published: Results of others, by the name of the figure.
        out_of_scope: Whether messages of no known intent are tested.
        lead: Points to be ahead of every peer, by the name of the figure.
        cost_targets: Share of what DIET needs that is allowed, by the name of the cost.
        heads_target: The same for training with heads alone; empty where it is not measured.
    """

    folder: str
    read: Callable[[Path, int], Dataset]
    language: str
    targets: dict[str, str]
    published: dict[str, str] = field(default_factory=dict)
    out_of_scope: bool = False
    lead: dict[str, str] = field(default_factory=dict)
    cost_targets: dict[str, str] = field(default_factory=dict)
    heads_target: str = ""


def _banking77(*parts: str) -> Callable[[Path, int], Dataset]:
    return lambda folder, seed: banking77(folder, parts)


_CALIBRATED = {ECE: "<= 0.05"}

SUITES = {
    "sofmattress": Suite(
        "sofmattress",
        sofmattress,
        "en",
        {ACCURACY: ">= 77", OVERALL: ">= 72", RECALL: ">= 75", **_CALIBRATED},
        {
            ACCURACY: "Rasa 69.3, BERT 73.6 (HINT3)",
            OVERALL: "Rasa at 0.9: 63.7 (HINT3)",
            RECALL: "Rasa at 0.9: 85.5 (HINT3)",
        },
        out_of_scope=True,
        lead={ACCURACY: ">= 5"},
        cost_targets={
            "train": "<= 0.333",
            "load": "<= 0.25",
            "p50": "<= 0.5",
            "memory": "<= 1",
        },
        heads_target="<= 0.05",
    ),
    "banking77-5": Suite(
        "banking77",
        _banking77("train_5"),
        "en",
        {ACCURACY: ">= 80", **_CALIBRATED},
        {ACCURACY: "USE+ConveRT 77.8, ICDA 84.0"},
    ),
    "banking77-10": Suite(
        "banking77",
        _banking77("train_10"),
        "en",
        {ACCURACY: ">= 87", **_CALIBRATED},
        {ACCURACY: "USE+ConveRT 85.2, ICDA 89.8"},
    ),
    "banking77": Suite(
        "banking77",
        _banking77(*WHOLE),
        "en",
        {ACCURACY: ">= 93.7", **_CALIBRATED},
        {ACCURACY: "BERT 93.66"},
    ),
    "snips": Suite(
        "snips",
        snips,
        "en",
        {ACCURACY: ">= 98.6", F1: ">= 97.0", SENTENCE: ">= 92.8", **_CALIBRATED},
        {ACCURACY: "JointBERT 98.6", F1: "JointBERT 97.0", SENTENCE: "JointBERT 92.8"},
    ),
    "massive-zh": Suite(
        "massive-zh",
        massive,
        "zh",
        {ACCURACY: ">= 87", **_CALIBRATED},
        {ACCURACY: "XLM-R base about 85"},
    ),
    "ecommerce-ner-zh": Suite("ecommerce-ner-zh", product_titles, "zh", {}, lead={F1: ">= 0.01"}),
    "online-shopping-zh": Suite(
        "online-shopping-zh",
        shop_reviews,
        "zh",
        {ACCURACY: ">= 92", **_CALIBRATED},
        {ACCURACY: "linear on multilingual-e5-small 88.7, bge-large-zh 91.6 (C-MTEB)"},
    ),
}
