"""What Rasa and the neighbours in a pipeline expect of every component that reads messages."""

import importlib.metadata
import json
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from xiaoer import nlu

#: What customers and attackers send.
HOSTILE = [
    "",
    " ",
    "\u3000\n\t",
    "?",
    "好",
    "😀👍🏽👨‍👩‍👧",
    "\x00\x07\x1b[31m",
    "\u200b\u200e",
    "\ud83d",
    "Ёлка مرحبا ไทย cafe\u0301",
    "<script>alert(1)</script>' OR 1=1; --",
    "<s></s>[SEP][CLS]<mask>",
    "１２３４ＡＢＣ㎏ﬁ",
    "手机" * 2500,
]
#: An entity that another extractor found earlier in the pipeline.
EARLIER = {"entity": "x", "start": 0, "end": 1, "value": "好", "extractor": "Earlier"}
#: What is said to trained components.
TEXTS = ["想买红色手机", "hello", "looking for black shoes", "我的电话是13800138000", "退货吧"]


@dataclass(frozen=True)
class Case:
    """How a component goes through the contract.

    Attributes:
        shows: whether the output for ``text`` (see ``described``) says what the component is for,
            so that one which does nothing fails.
        text: a message in which there is something to find.
        config: keys that keep training short; all others keep their defaults.
        verbatim: whether the value of an entity is the text it stands at.
    """

    shows: Callable[[dict[str, Any]], Any]
    text: str
    config: dict[str, Any] = field(default_factory=dict)
    verbatim: bool = False


#: One for each name in ``xiaoer.nlu.__all__``.
CASES = {
    "BertTokenizer": Case(lambda output: len(output["tokens"]) == 3, "想买手机"),
    "BertIntentEntityClassifier": Case(
        lambda output: output["intent"]["name"] == "search" and output["entities"],
        "想买红色手机",
        {"trainable_layers": 1, "epochs": 1},
        verbatim=True,
    ),
    "CatalogEntityExtractor": Case(lambda output: output["entities"], "我的电话是13800138000"),
    "ExactIntentClassifier": Case(
        lambda output: output["intent"] == {"name": "greet", "confidence": 1.0},
        "ＭＯＩＮ！",
        {"words": str(Path(__file__).with_name("exact_words.yml"))},
    ),
    "LanguageIdentifier": Case(lambda output: output["language"], "where is my parcel"),
    "SentimentAnalyzer": Case(
        lambda output: output["sentiment"]["label"] == "negative", "质量太差了,气死我了"
    ),
}


def example(text: str, intent: str | None, *entities: tuple[str, str]) -> Message:
    """Return a training example; entities are (value, name)."""
    found = [
        {
            "start": text.index(value),
            "end": text.index(value) + len(value),
            "value": value,
            "entity": name,
        }
        for value, name in entities
    ]
    return Message({TEXT: text, INTENT: intent, ENTITIES: found})


def shop_data() -> TrainingData:
    """Return four intents and two entities in both languages."""
    examples = [
        example(form.format(colour, good), "search", (colour, "color"), (good, "product"))
        for form, colours, goods in [
            ("想买{}{}", ["红色", "黑色"], ["手机", "衣服", "鞋"]),
            ("looking for {} {}", ["red", "black"], ["phones", "shirts", "shoes"]),
        ]
        for colour in colours
        for good in goods
    ]
    for text in ("你好", "在吗", "您好呀", "hello", "hi there", "good morning"):
        examples.append(example(text, "greet"))
    for text in ("退货", "我要退货", "怎么退货", "return it", "i want my money back"):
        examples.append(example(text, "return"))
    for text in ("打我电话13800138000", "电话13900139000", "call me at 13700137000", "call me"):
        examples.append(example(text, "call"))
    return TrainingData(examples)


#: Training data that a project may well begin with.
SCANTY: dict[str, list[Message]] = {
    "nothing": [],
    "one example": [example("hello", "greet")],
    "one intent": [example(f"hello {number}", "greet") for number in range(12)],
    "unlabelled": [Message({TEXT: "hello"}), Message({TEXT: "想买手机"})],
    "entities only": [example("red shoes", None, ("red", "color"))],
    "emoji": [example("😀👍🏽", "greet"), example("😡", "return"), example("👟", "search")],
    "5,000 characters": [
        example("手机" * 2500, "search", ("手机", "product")),
        example("hello", "greet"),
    ],
}


def context(finetuning: bool = False) -> ExecutionContext:
    """An execution context as Rasa makes it."""
    return ExecutionContext(GraphSchema({}), "model", is_finetuning=finetuning)


def check_definition(component: type[GraphComponent]) -> None:
    """The class is registered under its own name and its configuration can be cached."""
    registered = DefaultV1Recipe._registered_components[component.__name__]
    assert registered.clazz is component
    config = component.get_default_config()
    assert json.loads(json.dumps(config)) == config
    # A nested dict that is overridden in part is never taken from Rasa's cache.
    assert not [key for key, value in config.items() if isinstance(value, dict)]
    assert component.get_default_config() is not config
    assert component.fingerprint_addon(config) == component.fingerprint_addon(config)
    for package in component.required_packages():
        # Rasa imports it by this name and looks for a distribution of this name.
        __import__(package)
        assert importlib.metadata.version(package)


def trained(
    component: type[GraphComponent],
    config: dict[str, Any],
    storage: ModelStorage,
    data: TrainingData | None,
) -> GraphComponent:
    """Create, train and load a component as `rasa train` and `rasa run` do.

    Args:
        component: its class.
        config: what differs from the defaults.
        storage: where what it learns is kept.
        data: what it learns from; None leaves it as it is created.
    """
    whole = {**component.get_default_config(), **config}
    resource = Resource(component.__name__)
    before = deepcopy(whole)
    made = component.create(whole, storage, resource, context())
    registered = DefaultV1Recipe._registered_components[component.__name__]
    if data is not None and registered.is_trainable:
        made.train(data)
    elif data is not None and hasattr(made, "process_training_data"):
        assert made.process_training_data(data) is data
    loaded = component.load(whole, storage, resource, context())
    assert whole == before
    return loaded


def chain(name: str) -> list[str]:
    """Return a component's name after those of ours that it requires."""
    required = getattr(nlu, name).required_components()
    return [*(each for each in nlu.__all__ if getattr(nlu, each) in required), name]


def train_chain(
    name: str, folder: Path, data: Callable[[], TrainingData] = shop_data
) -> list[GraphComponent]:
    """Train a component and what it requires, each in a folder of its own."""
    made = []
    for each in chain(name):
        place = folder / each
        place.mkdir(parents=True)
        component, config = getattr(nlu, each), CASES[each].config
        made.append(trained(component, config, LocalModelStorage(place), data()))
    return made


def load_chain(name: str, folder: Path) -> list[GraphComponent]:
    """Load what ``train_chain`` trained."""
    made = []
    for each in chain(name):
        component = getattr(nlu, each)
        config = {**component.get_default_config(), **CASES[each].config}
        storage = LocalModelStorage(folder / each)
        made.append(component.load(config, storage, Resource(each), context()))
    return made


def answers(components: Sequence[GraphComponent], texts: Sequence[str]) -> list[dict[str, Any]]:
    """Return what the components, one after the other, say about each text."""
    messages = [Message({TEXT: text}) for text in texts]
    for component in components:
        messages = component.process(messages)
    return [described(message) for message in messages]


def described(message: Message) -> dict[str, Any]:
    """Return what JSON makes of all that leaves the pipeline, and of the tokens."""
    tokens = message.get(TOKENS_NAMES[TEXT]) or []
    output = message.as_dict(only_output_properties=True)
    output["tokens"] = [(token.text, token.start, token.end) for token in tokens]
    return json.loads(json.dumps(output))


def check_processing(
    component: GraphComponent,
    texts: Sequence[str],
    before: Sequence[GraphComponent] = (),
    verbatim: bool = False,
) -> None:
    """Any message passes, and what is put on it is what Rasa can use.

    Args:
        component: as it was loaded.
        texts: what it knows; what nobody knows is added.
        before: components that a message goes through first.
        verbatim: whether the value of an entity is the text it stands at.
    """
    for text in [*texts, *HOSTILE]:
        message = Message({TEXT: text, ENTITIES: [dict(EARLIER)]})
        for each in before:
            each.process([message])
        known = len(message.get(ENTITIES))
        assert component.process([message]) == [message]
        assert message.get(TEXT) == text
        _check_output(message, known, verbatim)
    assert component.process([]) == []
    component.process([Message({INTENT: "greet"})])
    together = answers([*before, component], texts)
    alone = [answers([*before, component], [text])[0] for text in texts]
    assert list(map(_outcome, together)) == list(map(_outcome, alone))


def _check_output(message: Message, known: int, verbatim: bool) -> None:
    text, output = message.get(TEXT), described(message)
    assert all(text[start:end] == token != "" for token, start, end in output["tokens"])
    entities = message.get(ENTITIES)
    assert entities[0] == EARLIER
    for entity in entities[known:]:
        assert {"entity", "value", "extractor", "confidence_entity"} <= entity.keys()
        assert 0 <= entity["start"] < entity["end"] <= len(text)
        assert 0 <= entity["confidence_entity"] <= 1
        assert not verbatim or entity["value"] == text[entity["start"] : entity["end"]]
    ranking = output.get(INTENT_RANKING_KEY) or []
    assert all(0 <= each["confidence"] <= 1 for each in ranking)
    assert all(a["confidence"] >= b["confidence"] for a, b in pairwise(ranking))
    if ranking:
        assert output[INTENT] == ranking[0]


def _outcome(output: dict[str, Any]) -> tuple:
    """Return what a batch may not change: all but the last digits of confidences."""
    return (
        output["tokens"],
        (output.get(INTENT) or {}).get("name"),
        [
            (each["entity"], each["start"], each["end"], each.get("role"))
            for each in output.get(ENTITIES) or []
        ],
    )
