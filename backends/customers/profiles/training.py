"""Training: from the designer's examples and the shop's customers to a model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from tqdm import tqdm

from backends.catalog.snapshot import LANGUAGES
from backends.customers.profiles.features import feature_names
from backends.customers.profiles.figures import figures
from backends.customers.profiles.goods import Goods
from backends.customers.profiles.history import History, Message
from backends.customers.profiles.model import Classifier, ProfileModel, TagName
from backends.customers.profiles.sample import Sample, sample_of
from backends.customers.profiles.softmax import FITS, Floats, Labels, learn
from backends.customers.profiles.tags import Group, Tag, TagBook
from backends.customers.profiles.tasks import UNUSED, Planner, Task
from backends.customers.profiles.text_space import TextSpace, Vectors
from backends.customers.profiles.texts import TextVectors
from backends.customers.profiles.vectorizer import Vectorizer
from backends.setup_error import SetupError

#: Fewer customers say nothing about all others.
LEAST_CUSTOMERS = 20


@dataclass(frozen=True)
class Trained:
    """A model, and what there is to say of it.

    Attributes:
        customers: how many it was learnt from.
        labelled: by ``group.tag``, how many of them the examples name.
        left_out: one sentence for each tag that was not learnt.
    """

    model: ProfileModel
    customers: int
    labelled: Mapping[str, int]
    left_out: tuple[str, ...]


class Trainer:
    """One run over the same customers.

    Args:
        book: the designer's tags.
        histories: customers whose consent covers a profile.
        goods: the catalogue, whose vectors ``texts`` has read.
        texts: gives vectors.
        moment: the present.
        progress: whether to show bars on stderr.

    Raises:
        SetupError: there are too few customers, or a rule names a category that there is not.
    """

    def __init__(
        self,
        book: TagBook,
        histories: Sequence[History],
        goods: Goods,
        texts: TextVectors,
        moment: datetime,
        progress: bool = False,
    ) -> None:
        known = [one for one in histories if one.known]
        if len(known) < LEAST_CUSTOMERS:
            raise SetupError(
                f"Only {len(known)} customers have a history and consent to a profile: "
                f"at least {LEAST_CUSTOMERS} are needed to train."
            )
        self._names = feature_names(goods.categories)
        _check_rules(book, self._names)
        self._book, self._goods, self._texts, self._moment = book, goods, texts, moment
        self._progress = progress
        # Once for all, with a bar; what is protected is not even made a vector.
        written = (message.text for one in known for message in one.messages)
        texts.of_messages([text for text in written if not book.protected.found(text)], progress)
        self._customers = [one.customer for one in known]
        self._samples = [sample_of(one, goods, texts, book.protected, moment) for one in known]
        self._examples = list(self._example_samples())

    def train(self) -> Trained:
        """Learn all that can be learnt."""
        vectorizer = Vectorizer.fit(
            self._names,
            [*self._samples, *(sample for _, _, sample in self._examples)],
            self._bought_space(),
            self._said_space(),
        )
        x = _matrix(vectorizer, self._samples)
        example_x = _matrix(vectorizer, [sample for _, _, sample in self._examples])
        planner = Planner(
            self._customers,
            [sample.features for sample in self._samples],
            [(group, tag) for group, tag, _ in self._examples],
        )
        tasks = [task for group in self._book.groups for task in planner.tasks(group)]
        classifiers: list[Classifier] = []
        judged: dict[str, list[tuple[Floats, Labels]]] = {}
        with tqdm(total=len(tasks) * FITS, desc="Tags", disable=not self._progress) as bar:
            for task in tasks:
                here, there = task.y != UNUSED, task.example_y != UNUSED
                learned = learn(
                    x[here], task.y[here], example_x[there], task.example_y[there], bar.update
                )
                names = tuple(
                    None if tag is None else TagName(tag.id, str(tag.zh), str(tag.en))
                    for tag in task.tags
                )
                classifiers.append(Classifier(task.group, names, learned.model))
                judged.setdefault(task.group, []).append((learned.held_out, task.y[here]))
        model = ProfileModel(
            vectorizer=vectorizer,
            classifiers=tuple(classifiers),
            encoder=self._texts.fingerprint,
            protected=self._book.protected,
            figures={group: found for group, some in judged.items() if (found := figures(some))},
            trained=self._moment.isoformat(),
        )
        return Trained(model, len(x), labelled(tasks), tuple(planner.left_out))

    def _example_samples(self) -> Iterator[tuple[Group, Tag, Sample]]:
        """Yield each example text as that of a customer of whom nothing else is known."""
        if not self._texts.fingerprint:
            return
        for group, tag in self._book.tags():
            for language, text in tag.texts.pairs():
                message = Message(0, text, language, None, self._moment)
                vectors = self._texts.of_messages([text])
                yield group, tag, Sample({}, messages=(message,), message_vectors=vectors)

    def _bought_space(self) -> TextSpace:
        items = [item.id for item in self._goods.snapshot.items]
        vectors = self._texts.of_products(items)
        languages = list(LANGUAGES) * len(items)
        return _space(vectors.reshape(len(languages), vectors.shape[2]), languages)

    def _said_space(self) -> TextSpace:
        spoken = [*self._samples, *(sample for _, _, sample in self._examples)]
        vectors = [sample.message_vectors for sample in spoken if sample.messages]
        languages = [message.language for sample in spoken for message in sample.messages]
        return _space(
            np.concatenate(vectors) if vectors else np.zeros((0, 0), np.float32), languages
        )


def labelled(tasks: Iterable[Task]) -> dict[str, int]:
    """Return how many customers carry each tag by the examples."""
    return {
        f"{task.group}.{tag.id}": int((task.y == at).sum())
        for task in tasks
        for at, tag in enumerate(task.tags)
        if tag is not None
    }


def _matrix(vectorizer: Vectorizer, samples: Sequence[Sample]) -> Floats:
    rows = [vectorizer.transform(one).vector for one in samples]
    return np.array(rows, np.float64).reshape(len(rows), vectorizer.size)


def _space(vectors: Vectors, languages: Sequence[str]) -> TextSpace:
    """Fit a space; one without directions where there is nothing to fit it to."""
    if len(vectors) < 2 or not vectors.shape[1]:
        empty = np.zeros((0, vectors.shape[1]), np.float32)
        return TextSpace(np.zeros((len(LANGUAGES), vectors.shape[1]), np.float32), empty)
    return TextSpace.fit(vectors, languages)


def _check_rules(book: TagBook, names: Iterable[str]) -> None:
    known = set(names)
    for group, tag in book.tags():
        for condition in (one for rule in tag.when for one in rule.conditions):
            if condition.name not in known:
                raise SetupError(
                    f"The tags' group {group.id}, tag {tag.id}: when knows no {condition.name}; "
                    "the shop has no such category."
                )
