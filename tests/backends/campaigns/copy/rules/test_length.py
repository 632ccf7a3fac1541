from backends.campaigns.copy.rules.length import Length


def test_bytes_are_counted_where_the_platform_counts_bytes(copy_of):
    assert Length().objection(copy_of("好" * 300)) is None
    over = Length().objection(copy_of("好" * 300 + "a"))
    assert (over.what, over.why) == ("901 / 900", "bytes")


def test_characters_elsewhere(copy_of):
    assert Length().objection(copy_of("好" * 240, channel="web")) is None
    assert Length().objection(copy_of("好" * 241, channel="web")).what == "241 / 240"


def test_an_emoji_counts_as_its_bytes(copy_of):
    assert Length().objection(copy_of("🎧" * 225)) is None
    assert Length().objection(copy_of("🎧" * 226)) is not None
