"""What is stored is masked, and what was recognised still stands where it says."""

from sqlalchemy import text

from tests.backends.insights.events.happening import Talk, taken, turns

SAID = "我叫王建国，电话13812345678，身份证110105194912310021，要两件 HA-6008"
ADDRESS = "随便写的一个地方 三楼左手"


async def test_no_table_holds_what_was_personal(database):
    talk = Talk().session().user(SAID).reply("a", "好的王建国，13812345678")
    talk.user("寄到浙江省杭州市西湖区文三路90号，邮箱 ada@example.com").reply(
        "a", "卡4111 1111 1111 1111"
    )
    await taken(database, talk)
    said = [each.text for each in await turns(database, talk)]
    assert said[0].startswith("我叫[name]，电话[phone]，")
    assert said[2] == "寄到[address]，邮箱 [e-mail]"
    secrets = ["王建国", "13812345678", "文三路", "ada@example.com", "4111 1111"]
    async with database.read() as session:
        for table in ("insight_turns", "insight_conversations", "insight_states"):
            rows = str((await session.execute(text(f"SELECT * FROM {table}"))).fetchall())
            assert [secret for secret in secrets if secret in rows] == []


async def test_what_a_form_asked_for_is_masked_whatever_it_looks_like(database):
    talk = Talk().session().reply("change_address_form", "新地址？", "utter_ask_new_address")
    talk.user(f"{ADDRESS}！", "nlu_fallback").slot("new_address", ADDRESS)
    talk.reply("change_address_form", f"改到“{ADDRESS}”，对吗？")
    talk.user("发票抬头写阿不都", "inform").slot("invoice_title", "阿不都").slot(
        "customer_name", "钱"
    )
    await taken(database, talk)
    assert [each.text for each in await turns(database, talk)] == [
        "新地址？",
        "[address]！",
        "改到“[address]”，对吗？",
        "发票抬头写[name]",
    ]


async def test_entities_stand_in_the_masked_text(database):
    said = SAID.replace("110105194912310021", "11010519491231002X")

    def entity(name, value, words, **more):
        start = said.index(words)
        return {
            "entity": name, "value": value, "start": start, "end": start + len(words), **more
        }  # fmt: skip

    entities = [
        entity("phone", "13812345678", "13812345678"),
        entity("sku", "HA-6008", "HA-6008", role="first"),
        entity("product", "耳机 13900001111", "两件"),
        entity("both", "国，电话138", "国，电话138"),
    ]
    talk = Talk().session().user(said, entities=entities)
    await taken(database, talk)
    (one,) = await turns(database, talk)
    found = {each["entity"]: (one.text[each["start"] : each["end"]], each) for each in one.entities}
    assert found["phone"][0] == found["phone"][1]["value"] == "[phone]"
    assert found["sku"][0] == "HA-6008"
    assert found["sku"][1]["role"] == "first"
    assert found["product"] == ("两件", {**found["product"][1], "value": "耳机 [phone]"})
    # It reached over what was masked and what was not.
    assert "both" not in found


async def test_a_payload_keeps_its_intent_and_what_is_not_personal(database):
    entities = [
        {"entity": "order_number", "value": "XD202611010003", "start": 13, "end": 40},
        {"entity": "latitude", "value": 30.2741, "start": 1, "end": 5},
        {"entity": "label", "value": "文三路", "start": 1, "end": 5},
        {"entity": "reference", "value": "13812345678", "start": 1, "end": 5},
    ]
    payload = '/order_status{"order_number": "XD202611010003", "label": "文三路"}'
    talk = Talk().session().user(payload, "order_status", entities=entities)
    await taken(database, talk)
    (one,) = await turns(database, talk)
    assert one.text == "/order_status"
    assert [(each["entity"], each["value"]) for each in one.entities] == [
        ("order_number", "XD202611010003"),
        ("reference", "[phone]"),
    ]


async def test_a_number_across_the_cut_of_a_long_text_is_masked(database):
    for before in range(3985, 4001):
        talk = Talk().session().user("长" * before + "13812345678" + "。" * 50)
        await taken(database, talk)
        (one,) = await turns(database, talk)
        assert len(one.text) == 4000
        assert "138" not in one.text
