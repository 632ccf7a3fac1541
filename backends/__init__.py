"""The reference shop services: catalogue, orders and recommendations in one Sanic app."""

from importlib.metadata import PackageNotFoundError, version

try:
    VERSION = version("xiaoer")
except PackageNotFoundError:  # run from an unpacked archive, not installed
    VERSION = "0"
