"""Without an encoder, or with a Qdrant that does not answer, the search goes on by words."""

import shutil

from tests.waiting import eventually


def test_without_an_encoder_words_are_enough(kb):
    found = kb.search("邮费多少钱")
    assert found["trust"] == "sure"
    assert found["items"][0]["answer"] == "满 ¥99 包邮，不满收 ¥10。"
    assert kb.search("steps to send an item back", "en")["items"][0]["id"] == "returns-how"
    for nothing in ("今天天气怎么样", "asdkjh qwlekj", "😀😀", " "):
        assert kb.search(nothing)["trust"] == "none"
    assert "words alone" not in kb.log


def test_a_qdrant_where_nobody_answers(serve, small_base, prepared_state, tmp_path, free_port):
    state = shutil.copytree(prepared_state, tmp_path / "state")
    url = f"http://127.0.0.1:{free_port()}"
    env = {"QDRANT_URL": url, "XIAOER_STATE_DIR": str(state)}
    server = serve(small_base, vectors=True, **env)
    assert server.search("邮费多少钱")["trust"] == "sure"
    assert server.search("steps to send an item back", "en")["items"][0]["id"] == "returns-how"
    eventually(lambda: "the search goes on by words alone" in server.log)
    assert server.search("what does postage cost", "en")["items"][0]["id"] == "delivery-fee"
    assert "Traceback" not in server.log
