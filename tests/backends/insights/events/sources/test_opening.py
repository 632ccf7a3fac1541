"""The setting that names the source."""

import pytest

from backends.insights.events.sources import open_source
from backends.insights.events.sources.kafka import Kafka
from backends.insights.events.sources.rabbitmq import RabbitMq
from backends.insights.events.sources.sqlite_file import SqliteFile
from backends.setup_error import SetupError


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("sqlite:///.xiaoer/events.db", SqliteFile),
        ("sqlite:////var/lib/events.db", SqliteFile),
        ("amqp://guest:guest@127.0.0.1:5672/events", RabbitMq),
        ("amqps://u:p%40ss@broker.example/events?vhost=shop", RabbitMq),
        ("amqp://[::1]:5672/events", RabbitMq),
        ("kafka://127.0.0.1:9092/events", Kafka),
        ("kafka://a:9092,b:9092/events", Kafka),
        ("kafka://u:p@a:9092/events?security=SASL_SSL&mechanism=SCRAM-SHA-512&ca=ca.pem", Kafka),
    ],
)
def test_addresses(url, kind):
    assert isinstance(open_source(url), kind)


@pytest.mark.parametrize("url", ["off", " OFF "])
def test_off(url):
    assert open_source(url) is None


@pytest.mark.parametrize(
    "url",
    [
        "", "events.db", "sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite:///.",
        "postgresql://a/b", "amqp://", "amqp://host", "amqp://host/", "amqp://host:0/q",
        "amqp://host:99999/q", "amqp://host:x/q", "amqp://a,b/q", "amqp://user:secret@host/a b",
        "amqp://user:secret@host/q?heartbeat=1", "kafka://host:9092", "kafka://host:9092/",
        "kafka:///topic", "kafka://a:9092,,b/t", "kafka://u:secret@a/t?security=TLS",
        "kafka://u:secret@a/t?mechanism=OAUTH", "kafka://u:secret@a/t?group=x", "http://a/b",
        "amqp://[::1/q", "kafka://a/t\0",
    ],
)  # fmt: skip
def test_what_is_none_is_told_in_one_sentence_without_the_password(url):
    with pytest.raises(SetupError) as caught:
        open_source(url)
    said = str(caught.value)
    assert said.startswith("XIAOER_EVENTS_URL ")
    assert said.endswith(".")
    assert "secret" not in said


def test_a_server_with_a_wrong_setting_does_not_start(run_backends, shop_url):
    env = {"DATABASE_URL": shop_url, "XIAOER_EVENTS_URL": "amqp://user:secret@host"}
    for command in (["serve", "--port=0"], ["insights", "take-in"]):
        done = run_backends(*command, env=env)
        assert done.returncode == 1
        assert "XIAOER_EVENTS_URL must be off, sqlite:///FILE" in done.stderr
        assert "secret" not in done.stderr
        assert "Traceback" not in done.stderr
    env["XIAOER_EVENTS_URL"] = "off"
    done = run_backends("insights", "take-in", env=env)
    assert (done.returncode, done.stderr.strip()) == (
        1,
        "XIAOER_EVENTS_URL is off: there are no events to take in.",
    )
