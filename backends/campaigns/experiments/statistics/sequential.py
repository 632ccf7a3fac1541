"""Looking at any time without a higher type I error: the mixture sequential test.

Sources: Johari, Koomen, Pekelis and Walsh, Always Valid Inference: Continuous Monitoring of A/B
Tests, Operations Research 70 (2022) (https://arxiv.org/abs/1512.04922): the mixture
sequential probability ratio test with a normal mixture of variance tau^2, and its confidence
sequence. Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, Time-uniform Central Limit Theory and
Asymptotic Confidence Sequences, Annals of Statistics 52 (2024)
(https://arxiv.org/abs/2103.06476): that it holds asymptotically with an estimated variance, also
of martingales, and which tau^2 makes it narrowest at a planned size.
"""

from __future__ import annotations

import math

#: Before so many units of an arm, and so many successes and failures of all arms compared, the
#: normal approximation is too rough to look at all.
LEAST_UNITS, LEAST_EVENTS = 30, 10


def planned_ratio(alpha: float) -> float:
    """tau^2 over the variance at which the sequence is narrowest (the second source, on
    optimising the boundary)."""
    return -2 * math.log(alpha) + math.log(1 - 2 * math.log(alpha))


def boundary_factor(alpha: float) -> float:
    """Half the width of the sequence at the planned size, in standard errors."""
    return half_width(1.0, planned_ratio(alpha), alpha)


def half_width(variance: float, mixture: float, alpha: float) -> float:
    """Half the width of the confidence sequence.

    Args:
        variance: of the estimated difference now.
        mixture: tau^2, fixed beforehand.
        alpha: type I error over all looks together, two-sided.
    """
    if variance <= 0:
        return math.inf
    grown = variance + mixture
    return math.sqrt(
        variance * grown / mixture * (math.log(grown / variance) - 2 * math.log(alpha))
    )


def always_valid_p(difference: float, variance: float, mixture: float) -> float:
    """The p-value at this look, valid whenever one looks: 1 over the mixture likelihood ratio."""
    if variance <= 0:
        return 1.0
    grown = variance + mixture
    log_ratio = 0.5 * math.log(variance / grown) + mixture * difference**2 / (2 * variance * grown)
    return min(1.0, math.exp(-log_ratio))
