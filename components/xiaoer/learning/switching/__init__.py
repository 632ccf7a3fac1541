"""Another model into a running Rasa, without a restart and without a lost conversation."""

from xiaoer.learning.switching.model_switch import ModelSwitch

__all__ = ["ModelSwitch"]
