"""Codes, numbers and the shop's names in messages as customers type them."""

import datetime
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from xiaoer.nlu.catalog_entity_extractor import CatalogEntityExtractor
from xiaoer.nlu.pattern_ruler import MAX_CHARACTERS

ROOT = Path(__file__).resolve().parents[2]
SHOP_PATTERNS = str(ROOT / "data" / "patterns.yml")
BRANDS = """
brands:
  lumivo: {zh: 流萤, en: Lumivo, synonyms: [lumi vo]}
  milletto: {zh: 三两粟, en: Milletto}
"""
PHONES = """
category: {id: phones, zh: 手机, en: Phones, synonyms: {zh: [智能手机], en: [smart phone]}}
products:
- {id: PH-1001, name: {zh: 星云 X1 智能手机, en: Nebula X1 Smartphone}, synonyms: [星云X1, nebula x1]}
- {id: PH-1002, name: {zh: 星云 X1 Pro 影像手机, en: Nebula X1 Pro}, synonyms: [星云X1 Pro, nebula x1]}
"""


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    (folder / "products").mkdir()
    (folder / "brands.yml").write_text(BRANDS, encoding="utf-8")
    (folder / "products" / "phones.yml").write_text(PHONES, encoding="utf-8")
    return folder


def make(folder, **config):
    config = {**CatalogEntityExtractor.get_default_config(), **config}
    storage = LocalModelStorage.create(folder)
    return CatalogEntityExtractor.create(config, storage, Resource("extractor"), None)


@pytest.fixture(scope="module")
def extractor(catalogue, tmp_path_factory):
    trained = make(
        tmp_path_factory.mktemp("model"), catalog=str(catalogue), patterns=[SHOP_PATTERNS]
    )
    trained.train(TrainingData())
    arguments = (trained._config, trained._model_storage, trained._resource, None)
    loaded = CatalogEntityExtractor.load(*arguments)
    loaded.clock = lambda zone: datetime.datetime(2026, 10, 14, 9, tzinfo=zone)
    return loaded


def found(extractor, text):
    message = Message(data={TEXT: text})
    extractor.process([message])
    entities = message.get(ENTITIES)
    assert all(each["text"] == text[each["start"] : each["end"]] for each in entities)
    return [(each["entity"], each["text"], each["value"]) for each in entities]


@pytest.mark.parametrize(
    ("text", "entities"),
    [
        # names
        ("我想看看星云X1有货吗", [("product_name", "星云X1", "PH-1001")]),
        ("星云 X1 智能手机多少钱", [("product_name", "星云 X1 智能手机", "PH-1001")]),
        (
            "how much is the NEBULA X1 smartphone",
            [("product_name", "NEBULA X1 smartphone", "PH-1001")],
        ),
        ("nebulax1 please", [("product_name", "nebulax1", "PH-1001")]),
        ("星云x1pro好吗", [("product_name", "星云x1pro", "PH-1002")]),
        ("流萤的手机", [("brand", "流萤", "lumivo"), ("category", "手机", "phones")]),
        (
            "any Lumivo smart-phones?",
            [("brand", "Lumivo", "lumivo"), ("category", "smart-phones", "phones")],
        ),
        ("三两粟", [("brand", "三两粟", "milletto")]),
        ("手机壳有吗", [("category", "手机壳", "accessories")]),
        ("phone cases", [("category", "phone cases", "accessories")]),
        ("我手机号忘了", []),
        ("what is your phone number", []),
        # orders, parcels, goods
        ("订单XD202610050012到哪了", [("order_number", "XD202610050012", "XD202610050012")]),
        ("xd 20261005 0012", [("order_number", "xd 20261005 0012", "XD202610050012")]),
        ("XD-20261005-0012", [("order_number", "XD-20261005-0012", "XD202610050012")]),
        ("XD 2026 1005 0012", [("order_number", "XD 2026 1005 0012", "XD202610050012")]),
        (
            "订单号：ＸＤ２０２６１００５００１２",
            [("order_number", "ＸＤ２０２６１００５００１２", "XD202610050012")],
        ),
        ("202610050012", [("order_number", "202610050012", "XD202610050012")]),
        ("XD20261005001", []),
        ("XD2026100500123", []),
        (
            "XD202610050012，0456",
            [("order_number", "XD202610050012", "XD202610050012"), ("phone_last4", "0456", "0456")],
        ),
        ("运单sf1234567890123到哪了", [("tracking_number", "sf1234567890123", "SF1234567890123")]),
        ("ph-1001-bk-128有货吗", [("sku", "ph-1001-bk-128", "PH-1001-BK-128")]),
        # phones
        ("我的号码13812345678", [("phone", "13812345678", "13812345678")]),
        ("+86 138-1234-5678", [("phone", "+86 138-1234-5678", "13812345678")]),
        ("008613812345678", [("phone", "008613812345678", "13812345678")]),
        ("电话：０１０－６５５５１２３４", [("phone", "０１０－６５５５１２３４", "01065551234")]),
        ("+86 21 6555 1234", [("phone", "+86 21 6555 1234", "02165551234")]),
        ("(0755) 8655 1234", [("phone", "(0755) 8655 1234", "075586551234")]),
        ("打400-820-8820", [("phone", "400-820-8820", "4008208820")]),
        ("13812345678123", []),
        ("尾号1234", [("phone_last4", "1234", "1234")]),
        ("手机尾号是 1234", [("phone_last4", "1234", "1234")]),
        ("手机号后四位：0456", [("phone_last4", "0456", "0456")]),
        ("尾号１２３４", [("phone_last4", "１２３４", "1234")]),
        ("last four digits are 0456", [("phone_last4", "0456", "0456")]),
        ("the last 4 digits of my phone: 0456", [("phone_last4", "0456", "0456")]),
        ("phone ending in 0456", [("phone_last4", "0456", "0456")]),
        (" 1234。", [("phone_last4", "1234", "1234")]),
        ("给我看看1234", []),
        ("尾号12345", []),
        # money
        ("¥1999", [("money", "¥1999", "1999")]),
        ("两千块以内", [("money", "两千块", "2000")]),
        ("2k", [("money", "2k", "2000")]),
        ("1,999.5元", [("money", "1,999.5元", "1999.5")]),
        ("1.5万", [("money", "1.5万", "15000")]),
        ("under 300 yuan", [("money", "300 yuan", "300")]),
        ("rmb200", [("money", "rmb200", "200")]),
        ("两三百块", [("money", "两三百块", "300")]),
        ("预算两千五", [("money", "两千五", "2500")]),
        ("一万二左右", [("money", "一万二", "12000")]),
        ("三百来块", [("money", "三百来块", "300")]),
        ("1.5k", [("money", "1.5k", "1500")]),
        ("RMB 2000", [("money", "RMB 2000", "2000")]),
        ("CNY1,999.50", [("money", "CNY1,999.50", "1999.5")]),
        ("20 bucks", [("money", "20 bucks", "20")]),
        ("3千5百块", [("money", "3千5百块", "3500")]),
        ("9块9包邮", [("money", "9块9", "9.9")]),
        ("三块五毛", [("money", "三块五毛", "3.5")]),
        ("十块三个", [("money", "十块", "10")]),
        ("两千五毫安", []),
        ("1200万像素", []),
        ("三块拼图", []),
        ("元素周期表", []),
        ("第一百五", []),
        ("4k屏", []),
        ("一块儿买", []),
        ("65w充电器", []),
        # which one
        ("第二个", [("ordinal", "第二个", "2")]),
        ("第10款", [("ordinal", "第10款", "10")]),
        ("the third one", [("ordinal", "the third one", "3")]),
        ("2nd", [("ordinal", "2nd", "2")]),
        ("最后一个", [("ordinal", "最后一个", "-1")]),
        ("the last one", [("ordinal", "the last one", "-1")]),
        ("3", [("ordinal", "3", "3")]),
        ("just a second", []),
        # dates
        ("2026-10-05下的单", [("date", "2026-10-05", "2026-10-05")]),
        ("2026年2月30日", []),
        ("昨天下单", [("date", "昨天", "2026-10-13")]),
        ("ordered last Friday", [("date", "last Friday", "2026-10-09")]),
        ("下周末能到吗", [("date", "下周末", "2026-10-24/2026-10-25")]),
        ("十月五号买的", [("date", "十月五号", "2026-10-05")]),
        ("１０月５号", [("date", "１０月５号", "2026-10-05")]),
    ],
)
def test_what_is_found(extractor, text, entities):
    assert found(extractor, text) == entities


def test_what_an_entity_holds(extractor):
    message = Message(data={TEXT: "顺丰ＳＦ1385628716739，两千块"})
    extractor.process([message])
    assert message.get(ENTITIES) == [
        {
            "entity": "tracking_number",
            "start": 2,
            "end": 17,
            "value": "SF1385628716739",
            "text": "ＳＦ1385628716739",
            "confidence_entity": 1.0,
            "extractor": "CatalogEntityExtractor",
            "additional_info": {"carrier": "SF"},
        },
        {
            "entity": "money",
            "start": 18,
            "end": 21,
            "value": "2000",
            "text": "两千块",
            "confidence_entity": 1.0,
            "extractor": "CatalogEntityExtractor",
        },
    ]


def test_today_is_that_of_the_timezone(tmp_path):
    moment = datetime.datetime(2026, 10, 14, 20, 0, tzinfo=datetime.timezone.utc)
    for name, today in (("Asia/Shanghai", "2026-10-15"), ("America/New_York", "2026-10-14")):
        extractor = make(tmp_path, timezone=name)
        extractor.train(TrainingData())
        extractor.clock = moment.astimezone
        assert found(extractor, "今天") == [("date", "今天", today)]


def test_the_real_clock_is_used(tmp_path):
    extractor = make(tmp_path, timezone="UTC")
    extractor.train(TrainingData())
    before = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    value = found(extractor, "today")[0][2]
    assert before <= value <= datetime.datetime.now(datetime.timezone.utc).date().isoformat()


@pytest.mark.parametrize("name", ["Mars/Olympus", "", None, 8])
def test_a_timezone_that_is_none(tmp_path, name):
    with pytest.raises(InvalidConfigException, match="Asia/Shanghai"):
        make(tmp_path, timezone=name)


def test_a_shared_name_means_the_first(extractor):
    assert found(extractor, "nebula x1")[0][2] == "PH-1001"


def test_entities_of_others_are_kept(extractor):
    other = {"entity": "product", "start": 0, "end": 2, "value": "x", "extractor": "Other"}
    message = Message(data={TEXT: "手机尾号1234", ENTITIES: [other]}, output_properties={TEXT})
    extractor.process([message])
    assert message.get(ENTITIES)[0] == other
    assert message.get(ENTITIES)[1]["extractor"] == "CatalogEntityExtractor"
    json.dumps(message.as_dict(only_output_properties=True))


def test_a_message_without_text(extractor):
    message = Message(data={"intent": "greet"})
    extractor.process([message])
    assert not message.get(ENTITIES)


PIECES = st.sampled_from(
    [
        "手机",
        "星云X1",
        "Nebula X1",
        "XD202610050012",
        "尾号",
        "1234",
        " ",
        "两千",
        "块",
        "第",
        "二",
        "个",
        "¥",
        "😀",
        "，",
        "last four digits ",
        "1.5",
        "万",
        "k",
        "-",
        "\n",
        "PH-1001",
        "月",
        "号",
        "the second one",
        "\x00",
        "\ud800",
        "é",
    ]
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.lists(PIECES, max_size=15).map("".join), st.text(max_size=80)))
def test_offsets_and_no_overlaps(extractor, text):
    end = 0
    for entity in extractor.extract(text):
        assert end <= entity["start"] < entity["end"] <= len(text)
        assert isinstance(entity["value"], str)
        assert entity["value"]
        end = entity["end"]
        json.dumps(entity).encode()


@pytest.mark.parametrize(
    "text",
    [
        "😀" * 3000,
        "a" * 5000,
        "手机" * 50_000,
        "1 " * 50_000,
        "一" * 5000,
        " " * 5000,
        "尾号" + "是" * 5000 + "1234",
        "last four " + "of " * 2000 + "1234",
        "1,111" * 2000,
        "\ud800" * 5000,
    ],
)
def test_long_and_odd_messages_take_no_second(extractor, text):
    start = time.process_time()
    entities = extractor.extract(text)
    assert time.process_time() - start < 1
    assert all(entity["end"] <= MAX_CHARACTERS for entity in entities)


def test_without_a_catalogue(tmp_path):
    extractor = make(tmp_path)
    extractor.train(TrainingData())
    assert found(extractor, "手机尾号1234") == [("phone_last4", "1234", "1234")]
    bare = make(tmp_path, common_patterns=False)
    bare.train(TrainingData())
    assert bare.extract("手机尾号1234") == []


def test_the_fingerprint_follows_the_files(tmp_path, catalogue):
    file = tmp_path / "patterns.yml"
    file.write_text("patterns: []")
    config = {"catalog": str(catalogue), "patterns": [str(file)]}
    before = CatalogEntityExtractor.fingerprint_addon(config)
    assert CatalogEntityExtractor.fingerprint_addon(config) == before
    file.write_text("patterns: [{label: x, pattern: y}]")
    assert CatalogEntityExtractor.fingerprint_addon(config) != before
    assert CatalogEntityExtractor.fingerprint_addon({"patterns": ["nowhere.yml"]}) is None


def test_the_shops_own_catalogue_is_fast(tmp_path):
    extractor = make(tmp_path, catalog=str(ROOT / "data" / "shop"), patterns=[SHOP_PATTERNS])
    extractor.train(TrainingData())
    messages = [
        "你们有没有两千块以内的手机",
        "where is my order XD202610050012, last four 0456",
    ] * 50
    extractor.extract(messages[0])
    start = time.process_time()
    for message in messages:
        assert extractor.extract(message)
    assert (time.process_time() - start) / len(messages) < 0.01


def test_spacy_brings_no_torch():
    code = (
        "import sys\n"
        "from datetime import date\n"
        "from xiaoer.nlu.pattern_ruler import PatternRuler\n"
        "assert 'spacy' not in sys.modules\n"
        "assert PatternRuler([{'label': 'x', 'pattern': '手机'}]).find('手机', date.today())\n"
        "assert 'torch' not in sys.modules\n"
        "import torch\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(ROOT / "components")},
    )
    assert done.returncode == 0, done.stderr
