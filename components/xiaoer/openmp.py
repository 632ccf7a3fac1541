"""How the threads of a training wait for each other."""

import os


def sleep_while_waiting() -> None:
    """Let threads of OpenMP sleep while they wait, unless the environment says otherwise.

    They spin by default, which takes the processor from each other where others work too: a
    training beside two busy processes took ten times as long. Alone it gains them nothing. It has
    no effect once torch is imported, which reads it.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
