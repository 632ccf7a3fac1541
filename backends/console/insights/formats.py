"""Numbers as people read them: grouped, with their unit, durations in words."""

from __future__ import annotations

from backends.console.texts import Texts

MINUS = "\N{MINUS SIGN}"
NONE = "\N{EN DASH}"


def figure(value: float | None, unit: str, t: Texts) -> str:
    """A value with its unit.

    Args:
        value: None is shown as a dash.
        unit: ``count``, ``share`` (of 1), ``seconds``, ``score`` or ``money`` (yuan).
        t: the texts of the reader's language.
    """
    if value is None:
        return NONE
    if unit == "count":
        return _signed(f"{value:,.0f}")
    if unit == "share":
        return _signed(f"{value * 100:.1f}%")
    if unit == "seconds":
        return duration(value, t)
    if unit == "money":
        # Nobody reads the fen of a great sum.
        size = f"{abs(value):,.0f}" if abs(value) >= 10_000 else f"{abs(value):,.2f}"
        return _signed(f"-¥{size}" if value < 0 else f"¥{size}")
    return _signed(f"{value:,.1f}")


def duration(seconds: float, t: Texts) -> str:
    """A duration in the two greatest of its units."""
    if seconds < 9.95:
        return t("insights.time.seconds", count=f"{seconds:.1f}".removesuffix(".0"))
    whole = round(seconds)
    if whole < 60:
        return t("insights.time.seconds", count=whole)
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return _both(t, ("minutes", minutes), ("seconds", rest))
    minutes = round(whole / 60)
    hours, rest = divmod(minutes, 60)
    if hours < 24:
        return _both(t, ("hours", hours), ("minutes", rest))
    return _both(t, ("days", round(whole / 3600) // 24), ("hours", round(whole / 3600) % 24))


def _both(t: Texts, great: tuple[str, int], small: tuple[str, int]) -> str:
    parts = [t(f"insights.time.{name}", count=count) for name, count in (great, small) if count]
    return " ".join(parts)


def _signed(text: str) -> str:
    # "-0.0%" is nothing to be read; a hyphen is no minus.
    plain = text.removeprefix("-")
    nothing = not any(digit in plain for digit in "123456789")
    return plain if nothing else text.replace("-", MINUS)
