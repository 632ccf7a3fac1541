"""Text that a language model writes: what every generator offers, local or remote."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from xiaoer.lm.errors import LanguageModelError


class GeneratorError(LanguageModelError):
    """A generator cannot be used, or wrote nothing; the message is one clear sentence."""


@dataclass(frozen=True)
class Prompt:
    """What a reply is written from.

    Attributes:
        question: what the customer wrote last.
        passages: what the reply may rest on, best first.
        language: language of the reply, ``zh`` or ``en``.
        known: what else the reply may rest on: earlier turns of the conversation, oldest first,
            and what is known of the customer.
    """

    question: str
    passages: tuple[str, ...]
    language: str
    known: tuple[str, ...] = ()


@dataclass(frozen=True)
class Candidate:
    """One reply that a generator offers.

    Attributes:
        text: the reply, without white space at its ends.
        score: mean log-probability of its tokens; nan where the generator gives none.
    """

    text: str
    score: float


class Generator(ABC):
    """Writes candidates of a reply."""

    @abstractmethod
    async def generate(
        self, prompt: Prompt, max_new_tokens: int, deadline: float
    ) -> list[Candidate]:
        """Return candidates, best first; none when none was finished in time.

        Args:
            prompt: what to answer, and from what.
            max_new_tokens: longest reply in tokens.
            deadline: seconds from now after which no more is written.

        Raises:
            GeneratorError: nothing can be written.
        """

    async def close(self) -> None:  # noqa: B027 - most generators hold nothing
        """Let go of threads and connections."""
