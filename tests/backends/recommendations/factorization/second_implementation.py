"""Variational Bayes once more, in plain numpy and doubles: slow, and easy to check by eye."""

import numpy as np


def updated(rows, columns, stars, row_count, others, other_covariances, centres, precision, noise):
    """Posterior means and covariances of one side, an observation at a time, in doubles.

    ``stars`` are above their mean. The other side's vector of an observation is ``[q, b]``, this
    one's ``[p, b']``; the expected log-likelihood is quadratic in the latter.
    """
    means, covariances = [], []
    for row in range(row_count):
        inverse = np.diag(precision).astype(float)
        linear = precision * centres[row].astype(float)
        for column, star in zip(columns[rows == row], stars[rows == row], strict=True):
            mean, spread = others[column].astype(float), other_covariances[column].astype(float)
            regressor = np.append(mean[:-1], 1.0)
            second = np.outer(regressor, regressor)
            second[:-1, :-1] += spread[:-1, :-1]
            inverse += noise * second
            linear += noise * (regressor * (star - mean[-1]) - np.append(spread[:-1, -1], 0.0))
        covariances.append(np.linalg.inv(inverse))
        means.append(covariances[-1] @ linear)
    return np.array(means), np.array(covariances)


def expected_error(pairs, stars, users, user_covariances, items, item_covariances):
    """Σ E[(r - p·q - b_u - b_i)²], from the moments of products of independent Gaussians."""
    total = 0.0
    for user, item, star in zip(*pairs, stars, strict=True):
        p, q = users[user][:-1], items[item][:-1]
        of_user, of_item = user_covariances[user], item_covariances[item]
        mean = p @ q + users[user][-1] + items[item][-1]
        variance = (
            p @ of_item[:-1, :-1] @ p
            + q @ of_user[:-1, :-1] @ q
            + np.trace(of_user[:-1, :-1] @ of_item[:-1, :-1])
            + of_user[-1, -1]
            + of_item[-1, -1]
            + 2 * p @ of_item[:-1, -1]
            + 2 * q @ of_user[:-1, -1]
        )
        total += (star - mean) ** 2 + variance
    return total


def spreads(covariances):
    """The variances."""
    return np.diagonal(covariances, axis1=1, axis2=2)
