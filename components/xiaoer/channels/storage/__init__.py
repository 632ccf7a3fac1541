"""What channels must remember over restarts and share between workers."""

from xiaoer.channels.storage.inbox import Inbox
from xiaoer.channels.storage.opening import open_store
from xiaoer.channels.storage.store import Store, StoreError

__all__ = ["Inbox", "Store", "StoreError", "open_store"]
