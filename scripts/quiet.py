"""Keeps the terminal clean in every Python of `.venv`; the set-up installs it as `xiaoer_quiet`.

TensorFlow, SQLAlchemy and setuptools warn designers of what only Rasa's authors could change, and
Rasa resets the filters that would hold them back. So deprecations are dropped where warnings are
shown; all others, among them Rasa's own about training data, are left alone.
"""

import os
import warnings

SETTINGS = {
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "SQLALCHEMY_WARN_20": "0",
    "RASA_TELEMETRY_ENABLED": "false",
    "TOKENIZERS_PARALLELISM": "false",
}

_show = warnings.showwarning


def _show_unless_deprecated(message, category, *args, **kwargs):
    if not issubclass(category, (DeprecationWarning, PendingDeprecationWarning, FutureWarning)):
        _show(message, category, *args, **kwargs)


for _name, _value in SETTINGS.items():
    os.environ.setdefault(_name, _value)
if not os.environ.get("PYTHONWARNINGS"):
    warnings.showwarning = _show_unless_deprecated
