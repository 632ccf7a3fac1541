"""What the joint model is scored by is not what it learns by: numbers of examples are evened out."""

import numpy as np
import torch
import torch.nn.functional as F

from tests.nlu.training.test_upper_layers import LABELS, SHAPE, layer, states
from xiaoer.nlu.training.intents import fit_intents
from xiaoer.nlu.training.joint_model import JointModel
from xiaoer.nlu.training.priors import advantages


def test_losses_do_not_favour_intents_with_many_examples() -> None:
    given = states(60)
    given.intents[:] = np.arange(60) % 6 == 0
    head, _ = fit_intents(given, np.arange(60), LABELS, 0.01, 0, ngrams=False, calibrate=False)
    model = JointModel(SHAPE, [layer()], 0, given, head, None)
    batch = np.arange(10, 30)

    scores = model.scored(batch).intents  # which leaves it in the mode of evaluation
    found = model.losses(batch)

    assert scores is not None
    many, few = favour = advantages(given.intents, 2)
    assert many > 0 > few
    favoured = torch.from_numpy(scores + favour)
    expected = F.cross_entropy(favoured, torch.from_numpy(given.intents[batch]), reduction="none")
    torch.testing.assert_close(found.detach(), expected / len(batch))
