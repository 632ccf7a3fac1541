"""Training, persisting and serving; small data, so that what is learned is beyond doubt."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.exceptions import InvalidConfigException, RasaException
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from xiaoer.nlu import BertIntentEntityClassifier
from xiaoer.nlu.constants import TEXT_VECTOR
from xiaoer.nlu.encoders import BaseModelError

ROOT = Path(__file__).resolve().parents[2]
NAME = BertIntentEntityClassifier.__name__

GOODS = ["手机", "耳机", "衣服", "鞋", "phone", "headphones", "shirt", "shoes"]
COLOURS = ["红色", "黑色", "red", "black"]


def example(text: str, intent: str | None, *entities: tuple) -> Message:
    found = []
    for value, entity, role in entities:
        start = text.index(value)
        where = {"start": start, "end": start + len(value), "value": value, "entity": entity}
        found.append(where | ({"role": role} if role else {}))
    return Message({"text": text, "intent": intent, "entities": found})


def shop_data() -> TrainingData:
    examples = []
    for good in GOODS:
        for ask in ("想买{}", "有没有{}", "i want to buy {}", "looking for {}"):
            examples.append(example(ask.format(good), "search", (good, "product", None)))
        for colour in COLOURS:
            text = f"{colour} {good}"
            examples.append(
                example(text, "search", (colour, "color", None), (good, "product", None))
            )
    for low, high in [("100", "200"), ("500", "900"), ("30", "80"), ("1000", "3000")]:
        for form in ("{}到{}的", "between {} and {}", "from {} to {}"):
            text = form.format(low, high)
            examples.append(example(text, "budget", (low, "price", "min"), (high, "price", "max")))
    for text in ("你好", "在吗", "您好呀", "hello", "hi there", "good morning"):
        examples.append(example(text, "greet"))
    for text in ("退货", "我要退货", "怎么退货", "return it", "i want my money back"):
        examples.append(example(text, "return"))
    return TrainingData(examples)


def parsed(component: BertIntentEntityClassifier, text: str) -> dict:
    return component.process([Message({"text": text})])[0].as_dict(only_output_properties=True)


def found(output: dict) -> list[tuple]:
    return [(e["value"], e["entity"], e.get("role")) for e in output.get("entities", [])]


@pytest.fixture(scope="module")
def shop(contract, tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    storage = LocalModelStorage(folder)
    return contract.trained(BertIntentEntityClassifier, {}, storage, shop_data()), folder


def test_contract(contract, shop) -> None:
    contract.check_definition(BertIntentEntityClassifier)
    contract.check_processing(shop[0], ["想买红色手机", "hello", "between 40 and 90", "退货吧"])


def test_intents_entities_and_roles_of_new_messages(shop) -> None:
    component, _ = shop
    searched = parsed(component, "想买黑色衣服")
    assert searched["intent"]["name"] == "search"
    assert found(searched) == [("黑色", "color", None), ("衣服", "product", None)]
    budget = parsed(component, "between 40 and 90")
    assert budget["intent"]["name"] == "budget"
    assert found(budget) == [("40", "price", "min"), ("90", "price", "max")]
    assert parsed(component, "hi, good morning")["intent"]["name"] == "greet"
    assert all(e["extractor"] == NAME for e in searched["entities"])


def test_confidences_add_up_and_are_floats(shop) -> None:
    ranking = parsed(shop[0], "hello")["intent_ranking"]
    # What is missing to 1 is the probability that a message is of no known intent.
    assert 0.8 < sum(each["confidence"] for each in ranking) < 1.001
    assert all(type(each["confidence"]) is float for each in ranking)


def test_empty_message_has_no_intent(shop) -> None:
    output = parsed(shop[0], " ")
    assert output["intent"] == {"name": None, "confidence": 0.0}
    assert output["intent_ranking"] == []


def test_vector_is_for_neighbours_not_for_the_output(shop) -> None:
    message = shop[0].process([Message({"text": "hello"})])[0]
    vector = message.get(TEXT_VECTOR)
    assert vector.shape == (384,)
    assert vector.dtype == np.float32
    assert TEXT_VECTOR not in message.as_dict(only_output_properties=True)


def test_another_process_answers_the_same_without_torch(shop) -> None:
    component, folder = shop
    texts = ["想买黑色衣服", "between 40 and 90", "hello"]
    script = f"""
import json, sys
from pathlib import Path
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from xiaoer.nlu import BertIntentEntityClassifier as C
component = C.load(C.get_default_config(), LocalModelStorage(Path({str(folder)!r})),
                   Resource({NAME!r}), ExecutionContext(GraphSchema({{}}), "m"))
messages = component.process([Message({{"text": t}}) for t in {texts!r}])
print(json.dumps([m.as_dict(only_output_properties=True) for m in messages]))
print([m for m in ("torch", "transformers") if m in sys.modules])
"""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "components")}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, timeout=180
    )
    assert done.returncode == 0, done.stderr
    answers, heavy = done.stdout.splitlines()[-2:]
    together = component.process([Message({"text": text}) for text in texts])
    assert json.loads(answers) == [m.as_dict(only_output_properties=True) for m in together]
    assert heavy == "[]"


def test_archive_is_small_and_holds_no_pickle(shop) -> None:
    files = [path for path in shop[1].rglob("*") if path.is_file()]
    assert {path.suffix for path in files} == {".safetensors", ".json"}
    assert sum(path.stat().st_size for path in files) < 5_000_000


def test_same_seed_same_heads(contract, shop, storage) -> None:
    again = contract.trained(BertIntentEntityClassifier, {}, storage, shop_data())
    assert parsed(again, "想买黑色衣服") == parsed(shop[0], "想买黑色衣服")


def journeys() -> list[Message]:
    """Which of two places comes first is the intent: neither their names nor their mean tells."""
    north = ["北京", "天津", "沈阳", "beijing", "harbin"]
    south = ["上海", "广州", "深圳", "shanghai", "hainan"]
    forms = ["从{}寄到{}", "{}发{}", "from {} to {}", "ship from {} to {}", "{}到{}多久"]
    return [
        example(form.format(*pair), intent)
        for form in forms
        for one in north
        for other in south
        for pair, intent in (((one, other), "southwards"), ((other, one), "northwards"))
    ]


def test_upper_layers_learn_and_go_on_learning(contract, storage) -> None:
    config = {**BertIntentEntityClassifier.get_default_config(), "trainable_layers": 2}
    # Runs of characters would tell the journeys apart without any layer.
    config |= {"epochs": 12, "entity_recognition": False, "character_ngrams": False}
    data = TrainingData(journeys())
    component = contract.trained(BertIntentEntityClassifier, config, storage, data)
    first = component._classifier.upper
    assert first is not None
    assert parsed(component, "从天津寄到广州")["intent"]["name"] == "southwards"
    assert parsed(component, "从广州寄到天津")["intent"]["name"] == "northwards"
    resource = Resource(NAME)
    on = BertIntentEntityClassifier.load(config, storage, resource, contract.context(True))
    more = [*journeys(), *(example(f"再见{i}", "goodbye") for i in range(8))]
    on.train(TrainingData(more))
    assert on._classifier.upper not in (None, first)
    last = BertIntentEntityClassifier.load(config, storage, resource, contract.context())
    assert parsed(last, "再见9")["intent"]["name"] == "goodbye"
    assert parsed(last, "从天津寄到广州")["intent"]["name"] == "southwards"


def test_all_layers_may_learn(contract, storage) -> None:
    config = {**BertIntentEntityClassifier.get_default_config(), "trainable_layers": 12}
    config |= {"epochs": 6, "character_ngrams": False}
    data = TrainingData([*journeys(), *shop_data().training_examples])
    component = contract.trained(BertIntentEntityClassifier, config, storage, data)
    assert component._classifier.split == 0
    assert component._classifier.upper is not None
    assert parsed(component, "从天津寄到广州")["intent"]["name"] == "southwards"
    assert ("鞋", "product", None) in found(parsed(component, "有没有红色的鞋"))
    on = BertIntentEntityClassifier.load(
        config | {"trainable_layers": "auto", "epochs": 1},
        storage,
        Resource(NAME),
        contract.context(True),
    )
    on.train(data)
    assert on._classifier.split == 0
    assert ("鞋", "product", None) in found(parsed(on, "有没有红色的鞋"))


def test_full_precision_goes_into_the_archive(contract, storage, tmp_path) -> None:
    config = {"precision": "fp32", "trainable_layers": 2, "epochs": 20, "entity_recognition": False}
    config |= {"character_ngrams": False}
    data = TrainingData(journeys())
    component = contract.trained(BertIntentEntityClassifier, config, storage, data)
    assert len(component._classifier.upper) > 2 * 4 * 1_700_000
    assert parsed(component, "从天津寄到广州")["intent"]["name"] == "southwards"


def test_no_entity_ends_within_a_word(contract, storage) -> None:
    asked = ["call {} now", "where does {} live", "tell {} that i am late", "is {} there"]
    names = ["anna", "tom", "the quick fox", "maria"]
    data = [
        example(ask.format(name), "call", (name, "person", None)) for name in names for ask in asked
    ]
    data += [example(text, "other") for text in ("good night", "stop", "is it late there now")]
    config = {"trainable_layers": 0, "intent_classification": False}
    contract.trained(BertIntentEntityClassifier, config, storage, TrainingData(data))
    config = {**BertIntentEntityClassifier.get_default_config(), **config}
    component = BertIntentEntityClassifier.load(config, storage, Resource(NAME), contract.context())
    # Tagged piece by piece, a third of what is found in them is cut off at one.
    strangers = ["callquetz", "oxlendar", "hrinlate", "isthere", "tavrinsky", "nowquex"]
    edges = []
    for text in (ask.format(name) for name in strangers for ask in asked):
        for entity in parsed(component, text)["entities"]:
            edges.append(f" {text} "[entity["start"]] + f" {text} "[entity["end"] + 1])
    assert len(edges) > 12
    assert set(edges) == {"  "}


def test_training_time_can_be_bounded(contract, storage) -> None:
    config = {"trainable_layers": 1, "epochs": 10_000, "max_training_time": 1.0}
    data = TrainingData([*shop_data().training_examples, *journeys()])
    component = contract.trained(BertIntentEntityClassifier, config, storage, data)
    assert parsed(component, "hello")["intent"]["name"] == "greet"


@pytest.mark.parametrize(
    ("examples", "intent", "entities"),
    [
        ([], None, []),
        ([example("hello", "greet")], "greet", []),
        ([example(f"hello {i}", "greet") for i in range(30)], "greet", []),
        ([example("red", None, ("red", "color", None))], None, [("red", "color", None)]),
        ([example("hello", "greet"), example("手机", "search")], "greet", []),
    ],
    ids=["nothing", "one example", "one intent", "entities only", "no entities"],
)
def test_scanty_data(contract, storage, examples, intent, entities) -> None:
    component = contract.trained(
        BertIntentEntityClassifier, {}, storage, TrainingData(list(examples))
    )
    text = "red" if entities else "hello"
    output = parsed(component, text)
    assert output["intent"]["name"] == intent
    assert found(output) in ([], entities)
    contract.check_processing(component, ["hello", "想买手机"])


def test_groups(contract, storage) -> None:
    data = []
    for one, two in [("手机", "耳机"), ("phone", "shirt"), ("鞋", "衣服"), ("shoes", "phone")] * 4:
        text = f"{one} or {two}"
        ends = (len(one), len(text))
        places = [
            {"start": end - len(v), "end": end, "value": v, "entity": "product", "group": g}
            for v, g, end in zip((one, two), "12", ends, strict=True)
        ]
        data.append(Message({"text": text, "intent": "compare", "entities": places}))
    component = contract.trained(BertIntentEntityClassifier, {}, storage, TrainingData(data))
    entities = parsed(component, "phone or 耳机")["entities"]
    assert [(e["value"], e["group"]) for e in entities] == [("phone", "1"), ("耳机", "2")]


def test_a_folder_as_base_and_its_loss(contract, storage, tmp_path, monkeypatch) -> None:
    import torch
    from safetensors.torch import load_file, save_file
    from transformers import BertConfig, BertModel

    from xiaoer.lm import encoder as encoder_module

    folder = tmp_path / "base"
    folder.mkdir()
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "hello", "phone", "bye", "buy", "a"]
    (folder / "vocab.txt").write_text("\n".join(words), "utf-8")
    shape = BertConfig(
        vocab_size=len(words),
        hidden_size=32,
        num_hidden_layers=3,
        num_attention_heads=2,
        intermediate_size=48,
        max_position_embeddings=64,
    )
    torch.manual_seed(0)
    shape.save_pretrained(folder)
    weights = {k: v.contiguous() for k, v in BertModel(shape).state_dict().items()}
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "tokenizer_config.json").write_text('{"tokenizer_class": "BertTokenizer"}')
    config = {**BertIntentEntityClassifier.get_default_config(), "model": str(folder)}
    data = [example("hello", "greet"), example("bye", "goodbye")] * 3
    data += [example("buy a phone", "search", ("phone", "product", None))] * 3
    component = contract.trained(BertIntentEntityClassifier, config, storage, TrainingData(data))
    assert parsed(component, "bye")["intent"]["name"] == "goodbye"

    changed = load_file(folder / "model.safetensors")
    changed["encoder.layer.0.output.dense.bias"] += 1
    save_file(changed, folder / "model.safetensors", metadata={"format": "pt"})
    arguments = (config, storage, Resource(NAME), contract.context())
    monkeypatch.setattr(encoder_module, "_loaded", {})
    with pytest.raises(BaseModelError, match="run `rasa train`") as raised:
        BertIntentEntityClassifier.load(*arguments)
    assert isinstance(raised.value, RasaException)
    shutil.rmtree(folder)
    monkeypatch.setattr(encoder_module, "_loaded", {})
    with pytest.raises(BaseModelError, match="There is no model") as raised:
        BertIntentEntityClassifier.load(*arguments)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("model", None),
        ("threads", 0),
        ("precision", "int4"),
        ("character_ngrams", 1),
        ("trainable_layers", -1),
        ("trainable_layers", "four"),
        ("max_tokens", 1),
        ("entity_recognition", "yes"),
    ],
)
def test_wrong_configuration_is_one_sentence(contract, storage, key, value) -> None:
    config = {**BertIntentEntityClassifier.get_default_config(), key: value}
    with pytest.raises(InvalidConfigException, match=key) as raised:
        BertIntentEntityClassifier.create(config, storage, Resource("c"), contract.context())
    assert "\n" not in str(raised.value)
