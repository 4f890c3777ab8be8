"""A strict XML reader (expat) that keeps lines, namespaces, xml:base and xml:lang."""
import xml.parsers.expat
from urllib.parse import urljoin

XML = "http://www.w3.org/XML/1998/namespace"


class Node:
    """One element: `key` is (namespace, local name), `attrs` is keyed the same way."""

    def __init__(self, key, attrs, line, parent):
        self.key, self.attrs, self.line, self.parent = key, attrs, line, parent
        self.children, self.parts = [], []
        self.base = urljoin(parent.base if parent else "", attrs.get((XML, "base"), ""))
        self.lang = attrs.get((XML, "lang"), parent.lang if parent else "")

    @property
    def name(self):
        return self.key[1]

    @property
    def text(self):
        return "".join(part for part in self.parts if isinstance(part, str))

    def all(self, key):
        return [child for child in self.children if child.key == key]

    def one(self, key):
        return next(iter(self.all(key)), None)

    def get(self, name, default=None):
        return self.attrs.get(("", name), default)

    def walk(self):
        yield self
        for child in self.children:
            yield from child.walk()

    def deep_text(self):
        return "".join(part if isinstance(part, str) else part.deep_text() for part in self.parts)


def read(data, report):
    """The root element, or None when the document is not well-formed (then reported)."""
    parser = xml.parsers.expat.ParserCreate(namespace_separator="\x1f")
    parser.ordered_attributes = False
    parser.buffer_text = True
    root, stack = [], []

    def key(name):
        namespace, _, local = name.rpartition("\x1f")
        return namespace, local

    def start(name, attrs):
        parent = stack[-1] if stack else None
        node = Node(key(name), {key(k): v for k, v in attrs.items()}, parser.CurrentLineNumber, parent)
        if parent:
            parent.children.append(node)
            parent.parts.append(node)
        else:
            root.append(node)
        stack.append(node)
        for (_, attr), value in node.attrs.items():
            odd_characters(value, f"attribute {attr} of {node.name}", node.line, report)

    def end(_name):
        node = stack.pop()
        odd_characters(node.text, node.name, node.line, report)

    def text(data):
        if stack:
            stack[-1].parts.append(data)

    def doctype(*_):
        report.error(parser.CurrentLineNumber, "a DOCTYPE has no place in a feed")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = text, doctype
    if data.startswith(b"\xef\xbb\xbf"):
        report.warning(1, "a byte order mark is not needed in UTF-8")
    elif not data.startswith(b"<?xml"):
        report.error(1, "the XML declaration is not the first thing")
    try:
        parser.Parse(data, True)
    except xml.parsers.expat.ExpatError as cause:
        report.error(cause.lineno, f"not well-formed: {cause}")
        return None
    return root[0]


def odd_characters(value, where, line, report):
    """C1 controls and U+FFFD are the traces of a charset guessed wrongly; noncharacters may not be sent."""
    for char in value:
        point = ord(char)
        if 0x80 <= point <= 0x9F or point == 0xFFFD:
            report.warning(line, f"{where} holds U+{point:04X}")
        elif 0xFDD0 <= point <= 0xFDEF or point & 0xFFFE == 0xFFFE:
            report.error(line, f"{where} holds the noncharacter U+{point:04X}")
