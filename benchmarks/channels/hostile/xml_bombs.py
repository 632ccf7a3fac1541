"""XML whose entities grow, or name files and addresses."""

from __future__ import annotations

from collections.abc import Callable


def laughing_xml(mark: str) -> str:
    """Return XML whose entities grow tenfold on each of nine levels."""
    levels = "".join(f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, 10))
    return f'<!DOCTYPE xml [<!ENTITY e0 "{mark}">{levels}]><xml><Content>&e9;</Content></xml>'


def _with_doctype(doctype: str, xml: str, reference: str) -> str:
    """Return a message with a document type, its content replaced by a reference to an entity."""
    name = "Content" if "<Content>" in xml else "Token"
    head, _, rest = xml.partition(f"<{name}>")
    _, _, tail = rest.partition(f"</{name}>")
    return f"<!DOCTYPE xml [{doctype}]>{head}<{name}>{reference}</{name}>{tail}"


def _laughs(_: str, mark: str) -> bytes:
    return laughing_xml(mark).encode()


def _file(plain: str, mark: str) -> bytes:
    doctype = '<!ENTITY secret SYSTEM "file:///etc/passwd">'
    return _with_doctype(doctype, plain, f"{mark} &secret;").encode()


def _address(plain: str, mark: str) -> bytes:
    doctype = '<!ENTITY % more SYSTEM "http://127.0.0.1:9/more.dtd"> %more;'
    return _with_doctype(doctype, plain, mark).encode()


def _repeated(plain: str, mark: str) -> bytes:
    doctype = f'<!ENTITY long "{"x" * 20_000}">'
    return _with_doctype(doctype, plain, mark + "&long;" * 1_000).encode()


#: By name: what makes a bomb of a message and its mark.
BOMBS: dict[str, Callable[[str, str], bytes]] = {
    "grows": _laughs,
    "file": _file,
    "address": _address,
    "repeats": _repeated,
}
