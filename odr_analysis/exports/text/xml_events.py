"""Safe XML parser: elements as they begin and end, anything dangerous refused.

defusedxml refuses a DOCTYPE, and with it every entity and every external reference: no report of
Amazon has one, and it can make a program read other files or run out of memory. Names are as they
are written, prefix and all, since exports use prefixes that they never declare.
"""

from __future__ import annotations

from typing import Any, Protocol
from xml.parsers import expat

from odr_analysis import faults

_CUT_SHORT = {
    expat.errors.codes[message]
    for message in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
    )
}


class Listener(Protocol):
    """What is called with each event, in the order of the document."""

    def start(self, name: str, attributes: dict[str, str], line: int) -> None:
        """An element begins on a line."""

    def end(self, name: str) -> None:
        """The innermost open element ends."""

    def text(self, words: str) -> None:
        """A piece of the text of the innermost open element."""


class XmlEvents:
    """A parser of one file, which is fed its text in pieces.

    Parameters
    ----------
    listener : Listener
        Called with each event.
    file : str
        Name for errors.

    Examples
    --------
    >>> class Names:
    ...     def __init__(self): self.met = []
    ...     def start(self, name, attributes, line): self.met.append((name, line))
    ...     def end(self, name): pass
    ...     def text(self, words): pass
    >>> names = Names()
    >>> XmlEvents(names, "f.xml").feed("<a>\\n<x:b c='1'/></a>", final=True)
    >>> names.met
    [('a', 1), ('x:b', 2)]
    """

    def __init__(self, listener: Listener, file: str) -> None:
        # Imported when used: it brings the network modules of the standard library along.
        from defusedxml.common import DefusedXmlException
        from defusedxml.expatreader import DefusedExpatParser

        self._file, self._refused = file, DefusedXmlException
        self._parser = DefusedExpatParser(forbid_dtd=True)
        self._parser.setContentHandler(_handler(listener, self._parser))

    def feed(self, text: str, *, final: bool) -> None:
        """Take in the next piece of the file.

        Raises
        ------
        ExportError
            When the file is cut short, is not XML, or declares a DOCTYPE, with the line.
        """
        from xml.sax import SAXParseException

        try:
            self._parser.feed(text, final)
        except self._refused:
            raise faults.DOCTYPE.error(self._file, self._parser.getLineNumber()) from None
        except SAXParseException as error:
            cause, line = error.getException(), error.getLineNumber()
            code = cause.code if isinstance(cause, expat.ExpatError) else None
            if final and code in _CUT_SHORT:
                raise faults.CUT_SHORT.error(self._file, line) from None
            raise faults.NOT_XML.error(self._file, line, why=error.getMessage()) from None


def _handler(listener: Listener, parser: Any) -> Any:
    """`listener` as the standard library wants it."""
    from xml.sax.handler import ContentHandler

    class Handler(ContentHandler):
        def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802  the library's name
            listener.start(name, dict(attrs), parser.getLineNumber())

        def endElement(self, name: str) -> None:  # noqa: N802
            listener.end(name)

        def characters(self, content: str) -> None:
            listener.text(content)

    return Handler()
