"""How pytest-xdist gives tests to its workers."""

from xdist.scheduler import LoadScopeScheduling


class FolderScheduling(LoadScopeScheduling):
    """All tests of a folder go to one worker, so that its servers are started once.

    Folders keep their order (`--no-loadscope-reorder`): what fixtures of scope "package" started
    is stopped when the worker leaves the package, not at the end of the whole run.
    """

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.partition("::")[0].rpartition("/")[0]
