"""Recommendations for many customers, and customers for a product, over HTTP."""


def test_each_customer_gets_what_is_his(trained_shop):
    client = trained_shop.client()
    body = {"customers": ["C00005", "C00006", "C99999"], "limit": 4, "lang": "en"}
    answer = client.post("/v1/recommendations/batch", json=body)
    assert answer.status_code == 200
    found = answer.json()["items"]
    assert [one["customer_id"] for one in found] == ["C00005", "C00006"]
    assert all(one["personal"] and len(one["items"]) == 4 for one in found)
    first, second = ([item["id"] for item in one["items"]] for one in found)
    assert first != second


def test_who_refuses_gets_what_is_popular(trained_shop):
    client = trained_shop.client()
    path = "/v1/customers/C00007/consents"
    assert client.put(path, json={"recommendations": False}).status_code == 200
    body = {"customers": ["C00007"], "lang": "en"}
    (one,) = client.post("/v1/recommendations/batch", json=body).json()["items"]
    assert not one["personal"]
    assert {item["reason"]["code"] for item in one["items"]} == {"popular"}


def test_the_audience_of_a_product(trained_shop):
    client = trained_shop.client()
    answer = client.get("/v1/recommendations/audience", params={"product": "TY-2503", "limit": 40})
    found = answer.json()["items"]
    assert len(found) == 40
    scores = [one["score"] for one in found]
    assert scores == sorted(scores, reverse=True)
    names = {one["customer_id"] for one in found}
    bought = trained_shop.sql(
        "SELECT DISTINCT customer_id FROM interactions WHERE kind = 'purchase' "
        "AND product_id = 'TY-2503'"
    )
    assert bought
    assert not names & {row[0] for row in bought}
    # Those who deal with toys are likelier to be in it than customers at large.
    toys = {
        row[0]
        for row in trained_shop.sql(
            "SELECT customer_id FROM interactions JOIN products ON products.id = product_id "
            "WHERE category_id = 'toys' GROUP BY customer_id HAVING count(*) >= 3"
        )
    }
    everybody = trained_shop.sql("SELECT count(*) FROM customers")[0][0]
    assert len(names & toys) / len(names) > 1.5 * len(toys) / everybody


def test_no_more_customers_than_are_taken(trained_shop):
    client = trained_shop.client()
    for customers in ([], ["C00001"] * 2, [f"C{at:05d}" for at in range(101)], [7], ["; DROP"]):
        answer = client.post("/v1/recommendations/batch", json={"customers": customers})
        assert answer.status_code == 400
