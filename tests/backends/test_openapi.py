"""The OpenAPI document and the services agree: schemathesis sends what it allows and what not."""

import os
import re
import uuid

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig

BOUNDED = settings(
    max_examples=int(os.environ.get("XIAOER_FUZZ_EXAMPLES", "5")),
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
# That the first day is after the last no schema can say: it is refused in a sentence.
INSIGHTS = {
    "include-path-regex": "^/v1/insights/",
    "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", "404", "422"]}},
}
# The explicit cases of a document are the same for an owner.
DRAWN = settings(BOUNDED, phases=[Phase.generate])


@pytest.fixture(scope="module")
def api(shop):
    config = SchemathesisConfig.from_dict({"seed": 7, "operations": [INSIGHTS]})
    return schemathesis.openapi.from_url(f"{shop.url}/docs/openapi.json", config=config)


schema = schemathesis.pytest.from_fixture("api")


@pytest.fixture(scope="module")
def token(shop):
    return shop.client().headers["authorization"]


@pytest.fixture(scope="module")
def as_customer(shop):
    """Headers of a customer who is bound and owns the demo orders of C10001."""
    client = shop.client("fuzzed", "slack")
    assert client.put("/v1/identities/slack/fuzzed", json={"customer_id": "C10001"}).is_success
    return dict(client.headers)


def test_the_document_is_whole(shop):
    document = httpx.get(f"{shop.url}/docs/openapi.json").json()
    assert re.fullmatch(r"3\.0\.\d", document["openapi"])
    paths = {path for path in document["paths"] if path.startswith("/v1/")}
    for path in (
        "/v1/products",
        "/v1/categories",
        "/v1/promotions",
        "/v1/lexicon",
        "/v1/recommendations",
        "/v1/recommendations/batch",
        "/v1/recommendations/audience",
        "/v1/interactions",
        "/v1/ratings",
        "/v1/customers/{id}/profile",
        "/v1/customers/{id}/consents",
        "/v1/segments",
        "/v1/segments/similar",
        "/v1/verifications",
        "/v1/identities/{channel}/{sender}",
        "/v1/orders",
        "/v1/orders/{number}",
        "/v1/orders/{number}/shipment",
        "/v1/orders/{number}/refund",
        "/v1/orders/{number}/cancellation",
        "/v1/orders/{number}/address",
        "/v1/orders/{number}/returns",
        "/v1/orders/{number}/exchanges",
        "/v1/orders/{number}/invoice",
        "/v1/service-requests",
        "/v1/knowledge/search",
        "/v1/knowledge/articles",
        "/v1/knowledge/articles/{id}",
        "/v1/fallbacks",
        "/v1/fallbacks/{reference}/next",
        "/v1/consents",
        "/v1/customers/{id}",
        "/v1/customers/{id}/consents",
        "/v1/messages",
        "/v1/service-level",
        "/v1/handoff/tickets",
        "/v1/handoff/messages",
        "/v1/handoff/leave",
        "/v1/feedback/offers",
        "/v1/feedback",
        "/v1/feedback/summary",
        "/v1/review/groups",
        "/v1/review/groups/{number}",
        "/v1/review/decisions",
        "/v1/review/decisions/{number}/undo",
        "/v1/review/stats",
        "/v1/campaigns/copy/choices",
        "/v1/campaigns/copy/briefs",
        "/v1/campaigns/copy/briefs/{reference}",
        "/v1/campaigns/copy/variants",
        "/v1/campaigns/copy/variants/{reference}",
        "/v1/experiments",
        "/v1/experiments/{reference}",
        "/v1/experiments/{reference}/start",
        "/v1/experiments/{reference}/stop",
        "/v1/experiments/{reference}/results",
        "/v1/experiments/{reference}/assignments",
        "/v1/experiments/{reference}/rewards",
        "/v1/experiments/{reference}/off-policy",
        "/v1/outreach",
        "/v1/outreach/{reference}",
        "/v1/outreach/{reference}/plan",
        "/v1/outreach/{reference}/stop",
        "/v1/outreach/dry-run",
        "/v1/outreach/subscriptions",
        "/v1/insights/overview",
        "/v1/insights/days",
        "/v1/insights/groups",
        "/v1/insights/intents",
        "/v1/insights/sentiment",
        "/v1/insights/conversations",
        "/v1/insights/conversations/{id}",
        "/v1/insights/definitions",
        "/v1/insights/export.csv",
    ):
        assert path in paths
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"], (method, path)
            assert len(operation["responses"]) >= 3, (method, path)


def is_valid(case):
    """Whether a request is one that the document allows."""
    return bool(case.meta) and case.meta.generation.mode is GenerationMode.POSITIVE


@schema.parametrize()
@BOUNDED
def test_no_request_breaks_a_service(case, token):
    headers = {"Authorization": token}
    if is_valid(case) and "Idempotency-Key" in (case.headers or {}):
        # Hypothesis is fond of the same key for other requests, which is rightly refused.
        headers["Idempotency-Key"] = str(uuid.uuid4())
    assert case.call_and_validate(headers=headers).status_code != 503


@schema.include(
    path_regex=r"/v1/(orders|service-requests|interactions|consents|messages|service-level|handoff|feedback)"
).parametrize()
@DRAWN
def test_no_request_of_an_owner_breaks_a_service(case, as_customer):
    """The same with a real customer and order, so that requests come as far as the database."""
    if "number" in (case.path_parameters or {}):
        case.path_parameters["number"] = "XD202611010003"
    named = ("authorization", "x-xiaoer-channel", "x-xiaoer-sender")
    answer = case.call(headers={name: as_customer[name] for name in named})
    assert answer.status_code < 500
    if is_valid(case) and case.method == "GET":
        assert answer.status_code == 200
    assert answer.headers["content-type"][0] == "application/json"
    case.operation.validate_response(answer)
