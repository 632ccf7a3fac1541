"""Re-ranking of the first products of a list by a language model's scores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import structlog
from purgatory import AsyncCircuitBreakerFactory
from purgatory.domain.model import OpenedState

from backends.catalog.schemas import Language
from backends.recommendations.ranking.candidate import Candidate
from backends.recommendations.scoring.errors import ScoringError
from backends.recommendations.scoring.mixing import mixed_order
from backends.recommendations.scoring.settings import ScoringSettings
from backends.recommendations.scoring.texts import product_text, without_personal_data

if TYPE_CHECKING:
    from backends.recommendations.scoring.model import ScoringModel

log = structlog.get_logger("backends.recommendations")

#: So many of a list are scored; the others keep their places.
TOP = 20
_CIRCUIT = "recommendation language model"


class Scorer:
    """Re-ranks by a language model where one is set, and leaves the order as it is otherwise.

    Args:
        settings: which model, and how much its scores count.

    Attributes:
        outcomes: how many lists were ``reranked``, and how many kept their order, by reason: those
            of `ScoringError`, and ``circuit_open`` while the model is left alone after failures.

    Raises:
        SetupError: the model's URL or key cannot be used.
    """

    def __init__(self, settings: ScoringSettings) -> None:
        self._settings = settings
        self._model: ScoringModel | None = None
        if settings.url:
            # It needs ONNX Runtime's import, a fifth of a second that others need not wait.
            from backends.recommendations.scoring.model import ScoringModel

            self._model = ScoringModel(settings)
        self._breakers = AsyncCircuitBreakerFactory(
            default_threshold=settings.failures, default_ttl=settings.rest
        )
        self.outcomes: Counter[str] = Counter()

    @property
    def scores_anything(self) -> bool:
        """Whether there is a model; without one no text about the customer is needed."""
        return self._model is not None

    async def rerank(
        self, customer_text: str, candidates: Sequence[Candidate], language: Language
    ) -> list[Candidate]:
        """Return the candidates with the first `TOP` in their new order.

        Args:
            customer_text: what is known of the customer, as `texts.customer_text` says it; where
                nothing is, the order stays.
            candidates: the best first.
            language: of the texts.
        """
        top = candidates[:TOP]
        if self._model is None or len(top) < 2:
            return list(candidates)
        known = without_personal_data(customer_text).strip()
        if not known:
            return list(candidates)
        texts = [product_text(one.item, language) for one in top]
        scores = await self._scores(self._model, known, texts, language)
        if scores is None:
            return list(candidates)
        order = mixed_order(scores, self._settings.weight, self._settings.places)
        return [*(top[at] for at in order), *candidates[TOP:]]

    async def close(self) -> None:
        """Close the connections."""
        if self._model is not None:
            await self._model.close()

    async def _scores(
        self, model: ScoringModel, known: str, texts: list[str], language: Language
    ) -> list[float] | None:
        try:
            async with await self._breakers.get_breaker(_CIRCUIT):
                scores = await model.scores(known, texts, language)
        except OpenedState as opened:
            # The same exception is raised each time and would keep the frames of all of them.
            opened.with_traceback(None)
            self.outcomes["circuit_open"] += 1
            log.debug("not re-ranked", kind="circuit_open")
            return None
        except ScoringError as error:
            self.outcomes[error.kind] += 1
            log.warning("not re-ranked", kind=error.kind, error=str(error))
            return None
        self.outcomes["reranked"] += 1
        return scores
