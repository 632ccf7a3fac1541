"""The language model that scores, behind an OpenAI-compatible endpoint."""

from __future__ import annotations

import time
from collections.abc import Sequence

from backends.catalog.schemas import Language
from backends.recommendations.scoring.answer import parse_scores
from backends.recommendations.scoring.errors import ScoringError
from backends.recommendations.scoring.settings import ScoringSettings
from backends.recommendations.scoring.texts import read_wording
from backends.setup_error import SetupError
from xiaoer.lm.generator import GeneratorError, Prompt
from xiaoer.lm.remote_generator import RemoteGenerator

# A score is written in some 8 tokens: a number in quotation marks, a colon, 0.85, a comma.
_TOKENS_FOR_ONE = 12
_TOKENS_BESIDE = 16


class ScoringModel:
    """Scores all products of a list in one request, which costs the instructions once.

    Args:
        settings: with a URL.

    Raises:
        SetupError: the URL or the key cannot be used.
    """

    def __init__(self, settings: ScoringSettings) -> None:
        self._deadline = settings.deadline
        try:
            self._generator = RemoteGenerator(
                settings.url or "",
                settings.model,
                read_wording().instructions,
                settings.key.get_secret_value() if settings.key else None,
                temperature=0,
                top_p=1,
            )
        except GeneratorError as error:
            raise SetupError(f"XIAOER_RECOMMENDATION_LM_URL or _KEY: {error}") from None

    async def scores(
        self, customer: str, products: Sequence[str], language: Language
    ) -> list[float]:
        """Return how likely the customer wants each product, 0..1.

        Raises:
            ScoringError: there are no scores in time, or not exactly those asked for.
        """
        numbered = tuple(f"{number}. {text}" for number, text in enumerate(products, 1))
        prompt = Prompt(customer, numbered, language)
        tokens = _TOKENS_BESIDE + _TOKENS_FOR_ONE * len(products)
        started = time.monotonic()
        try:
            answers = await self._generator.generate(prompt, tokens, self._deadline)
        except GeneratorError as error:
            late = time.monotonic() - started >= self._deadline
            raise ScoringError("late" if late else "no_answer", str(error)) from None
        return parse_scores(answers[0].text, len(products))

    async def close(self) -> None:
        """Close the connections."""
        await self._generator.close()
