"""What Rasa and the neighbours in a pipeline expect of every component that reads messages."""

import json
from copy import deepcopy
from itertools import pairwise
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

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
    "Ёлка مرحبا ไทย",
    "<script>alert(1)</script>' OR 1=1; --",
    "<s></s>[SEP][CLS]<mask>",
    "１２３４ＡＢＣ㎏ﬁ",
    "手机" * 2500,
]
#: An entity that another extractor found earlier in the pipeline.
EARLIER = {"entity": "x", "start": 0, "end": 1, "value": "好", "extractor": "Earlier"}


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
        __import__(package)


def trained(
    component: type[GraphComponent],
    config: dict[str, Any],
    storage: ModelStorage,
    data: TrainingData | None,
) -> GraphComponent:
    """Create, train and load a component as `rasa train` and `rasa run` do."""
    whole = {**component.get_default_config(), **config}
    resource = Resource(component.__name__)
    before = deepcopy(whole)
    made = component.create(whole, storage, resource, context())
    if data is not None:
        made.train(data)
    loaded = component.load(whole, storage, resource, context())
    assert whole == before
    return loaded


def check_processing(component: GraphComponent, texts: list[str]) -> None:
    """Any message passes, and what is put on it is what Rasa can use."""
    for text in [*texts, *HOSTILE]:
        message = Message({TEXT: text, ENTITIES: [dict(EARLIER)]})
        assert component.process([message]) == [message]
        assert message.get(TEXT) == text
        _check_output(message)
    assert component.process([]) == []
    together = component.process([Message({TEXT: text}) for text in texts])
    for text, message in zip(texts, together, strict=True):
        alone = component.process([Message({TEXT: text})])[0]
        assert _outcome(alone) == _outcome(message)


def _check_output(message: Message) -> None:
    text, output = message.get(TEXT), message.as_dict(only_output_properties=True)
    json.dumps(output)
    entities = message.get(ENTITIES)
    assert entities[0] == EARLIER
    for entity in entities[1:]:
        assert {"entity", "value", "extractor", "confidence_entity"} <= entity.keys()
        assert 0 <= entity["start"] < entity["end"] <= len(text)
        assert 0 <= entity["confidence_entity"] <= 1
    ranking = output.get(INTENT_RANKING_KEY) or []
    assert all(0 <= each["confidence"] <= 1 for each in ranking)
    assert all(a["confidence"] >= b["confidence"] for a, b in pairwise(ranking))
    if ranking:
        assert output[INTENT] == ranking[0]


def _outcome(message: Message) -> tuple:
    entities = message.get(ENTITIES) or []
    return (
        (message.get(INTENT) or {}).get("name"),
        [(each["entity"], each["start"], each["end"], each.get("role")) for each in entities],
    )
