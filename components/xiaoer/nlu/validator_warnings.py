"""Warnings of Rasa's config validator that are false where `BertIntentEntityClassifier` is used."""

import warnings

# DefaultV1RecipeValidator (rasa/graph_components/validators/default_recipe_validator.py) looks for
# DIETClassifier, CRFEntityExtractor and MitieEntityExtractor by their classes. It cannot know that
# another component learns entities, with roles and groups, from the same examples.
_FALSE = (
    r"You have defined training data consisting of entity examples, but your NLU configuration "
    r"does not include an entity extractor trained on your training data\.",
    r"You have defined training data with entities that have roles/groups, but your NLU "
    r"configuration does not include a 'DIETClassifier' or a 'CRFEntityExtractor'\.",
)


def drop_false_warnings() -> None:
    """Keep these warnings, and no others, from being shown."""
    for message in _FALSE:
        warnings.filterwarnings("ignore", message=message, category=UserWarning)
