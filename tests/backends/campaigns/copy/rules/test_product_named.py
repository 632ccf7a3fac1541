from backends.campaigns.copy.rules.product_named import ProductNamed


def test_the_product_must_be_named(copy_of):
    assert ProductNamed().objection(copy_of("一款好用的耳机。")).what == "静谷 Pro 降噪耳机"


def test_by_its_name_or_another_of_its_names(copy_of):
    assert ProductNamed().objection(copy_of("静谷 Pro 降噪耳机到了。")) is None
    assert ProductNamed().objection(copy_of("静谷耳机到了。")) is None
    assert (
        ProductNamed().objection(copy_of("QUIETVALE PRO EARBUDS are here.", language="en")) is None
    )
