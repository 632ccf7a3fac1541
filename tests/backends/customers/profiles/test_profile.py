"""``GET /v1/customers/{id}/profile``: fresh, explained, and from what consent covers alone."""

import json

import pytest

from backends.customers.profiles.model import FILE

MESSAGE = "I am glad to buy the best of all"


@pytest.fixture
def customer(profiled_shop):
    """A customer with a history and full consent."""
    found = profiled_shop.server.sql(
        "SELECT customer_id FROM orders WHERE status = 'completed' GROUP BY 1 "
        "HAVING count(*) >= 3 ORDER BY 1 LIMIT 1"
    )[0][0]
    profiled_shop.consent(found, profile=True, messages=True)
    return found


@pytest.fixture
def newcomer(profiled_shop):
    """A customer of whom nothing is known."""
    return profiled_shop.new_customer()


def tags(profile):
    return {f"{tag['group']}.{tag['tag']}": tag for tag in profile["tags"]}


def order(shop, customer, number, product="OS-3501", price=99_900):
    shop.server.sql(
        "INSERT INTO orders (number, customer_id, status, placed_at, total_fen, shipping_fen, "
        "address) VALUES (?, ?, 'paid', datetime('now'), ?, 0, 'a')",
        number, customer, price,
    )  # fmt: skip
    shop.server.sql(
        "INSERT INTO order_items VALUES (?, 1, 'X', ?, 'a', 'a', '[]', 1, ?)",
        number, product, price,
    )  # fmt: skip


def test_tags_with_probabilities_and_evidence(profiled_shop, customer):
    profile = profiled_shop.profile(customer)
    assert (profile["covered"], profile["known"], profile["source"]) == (True, True, "model")
    found = tags(profile)
    assert set(found) == {"price_band.low", "price_band.high", "interests.outdoor"}
    band = found["price_band.low"]["probability"] + found["price_band.high"]["probability"]
    assert band == pytest.approx(1, abs=1e-3)
    for tag in found.values():
        shares = [each["share"] for each in tag["evidence"]]
        assert shares == sorted(shares, reverse=True)
        assert sum(shares) + tag["rest"] == pytest.approx(1, abs=1e-3)
        for each in tag["evidence"]:
            assert each["kind"] == "feature"
            lower = each["without"] <= tag["probability"] + 1e-3
            assert (
                lower if each["effect"] == "for" else each["without"] >= tag["probability"] - 1e-3
            )
    assert found["interests.outdoor"]["label"] == {"zh": "户外", "en": "Outdoor"}


def test_an_order_placed_now_shows_at_once(profiled_shop, newcomer):
    profiled_shop.consent(newcomer, profile=True)
    assert profiled_shop.profile(newcomer)["known"] is False
    order(profiled_shop, newcomer, f"XD20990101{newcomer[-4:]}", product="OS-3501")
    profile = profiled_shop.profile(newcomer)
    assert profile["known"] is True
    outdoor = tags(profile)["interests.outdoor"]
    assert outdoor["probability"] > 0.9
    bought = [each for each in outdoor["evidence"] if each["name"] == "bought_share.outdoor"]
    assert [each["value"] for each in bought] == [1.0]
    for day in range(2, 7):
        order(profiled_shop, newcomer, f"XD209901{day:02d}{newcomer[-4:]}", product="TY-2501")
    after = tags(profiled_shop.profile(newcomer))["interests.outdoor"]
    assert after["probability"] < outdoor["probability"]


def test_without_consent_there_is_no_tag(profiled_shop, customer):
    profiled_shop.consent(customer, profile=False)
    assert profiled_shop.profile(customer) == {
        "customer_id": customer, "covered": False, "reads_messages": False, "known": False,
        "source": None, "tags": [],
    }  # fmt: skip
    profiled_shop.consent(customer, profile=True)
    assert profiled_shop.profile(customer)["tags"]


def test_messages_count_only_with_their_own_consent(profiled_shop, newcomer):
    """Without it a row that is still there is not read: the customer is as good as unknown."""
    profiled_shop.consent(newcomer, profile=True, messages=True)
    profiled_shop.server.sql(
        "INSERT INTO customer_messages (customer_id, text, language, sentiment, at) "
        "VALUES (?, ?, 'en', 'negative', datetime('now'))",
        newcomer, MESSAGE,
    )  # fmt: skip
    profile = profiled_shop.profile(newcomer)
    assert (profile["known"], profile["reads_messages"]) == (True, True)
    names = {each["name"] for tag in profile["tags"] for each in tag["evidence"]}
    assert names & {"sentiment", "messages"}
    profiled_shop.server.sql(
        "INSERT INTO consents (customer_id, purpose, given, source, at) "
        "VALUES (?, 'messages', 0, 'shop', datetime('now'))",
        newcomer,
    )
    profile = profiled_shop.profile(newcomer)
    assert (profile["covered"], profile["reads_messages"]) == (True, False)
    assert (profile["known"], profile["tags"]) == (False, [])


def test_a_message_on_a_protected_matter_is_not_read(profiled_shop, newcomer):
    profiled_shop.consent(newcomer, profile=True, messages=True)
    order(profiled_shop, newcomer, f"XD20990110{newcomer[-4:]}")
    before = profiled_shop.profile(newcomer)
    add = (
        "INSERT INTO customer_messages (customer_id, text, language, sentiment, at) "
        "VALUES (?, ?, 'en', 'negative', datetime('now'))"
    )
    profiled_shop.server.sql(add, newcomer, "I am pregnant and angry")
    probabilities = [tag["probability"] for tag in before["tags"]]
    assert [tag["probability"] for tag in profiled_shop.profile(newcomer)["tags"]] == pytest.approx(
        probabilities, abs=1e-3
    )
    profiled_shop.server.sql(add, newcomer, "I am angry")
    after = profiled_shop.profile(newcomer)
    assert "sentiment" in {each["name"] for tag in after["tags"] for each in tag["evidence"]}


@pytest.mark.parametrize("unknown", ["nobody", "0", "C99999"])
def test_an_unknown_customer(profiled_shop, unknown):
    answer = profiled_shop.client.get(f"/v1/customers/{unknown}/profile")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


def test_a_damaged_model_leaves_the_rules_and_is_logged_once(profiled_shop, customer):
    path = profiled_shop.state / FILE
    content = path.read_bytes()
    try:
        path.write_bytes(content[:-40])
        profile = profiled_shop.profile(customer)
        assert profiled_shop.profile(customer) == profile
        assert profile["source"] == "rules"
        for tag in profile["tags"]:
            assert tag["probability"] == 1
            assert all(each["without"] == 0 for each in tag["evidence"])
        log = profiled_shop.server.log.read_text(encoding="utf-8")
        assert log.count("is damaged: run `xiaoer customers train`") == 1
        tags_file = profiled_shop.files / "tags.yml"
        written = tags_file.read_text(encoding="utf-8")
        tags_file.write_text("groups: [", encoding="utf-8")
        nothing = profiled_shop.profile(customer)
        assert (nothing["known"], nothing["source"], nothing["tags"]) == (True, None, [])
        tags_file.write_text(written, encoding="utf-8")
    finally:
        path.write_bytes(content)
    assert profiled_shop.profile(customer)["source"] == "model"


def test_the_command_shows_what_the_service_answers(profiled_shop, customer, run_backends):
    done = run_backends("customers", "profile", customer, "--json", env=profiled_shop.env)
    assert done.returncode == 0, done.stderr
    told, asked = json.loads(done.stdout), profiled_shop.profile(customer)
    assert {name: tag["label"] for name, tag in tags(told).items()} == {
        name: tag["label"] for name, tag in tags(asked).items()
    }
    for name, tag in tags(asked).items():
        assert tags(told)[name]["probability"] == pytest.approx(tag["probability"], abs=1e-3)
    shown = run_backends("customers", "profile", customer, env=profiled_shop.env)
    assert "price_band.low" in shown.stdout
