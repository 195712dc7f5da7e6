"""A page as a reader without eyes for its looks finds it."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "input", "br", "hr", "img", "col", "wbr"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    parent: "Element | None" = None
    children: list["Element | str"] = field(default_factory=list)

    def all(self, *tags):
        for child in self.children:
            if isinstance(child, Element):
                if not tags or child.tag in tags:
                    yield child
                yield from child.all(*tags)

    def one(self, tag, name=None):
        return next(
            found
            for found in self.all(tag)
            if name is None or found.attributes.get("id") == name
        )

    @property
    def text(self):
        parts = (c if isinstance(c, str) else c.text for c in self.children)
        return " ".join("".join(parts).split())

    @property
    def rows(self):
        """Cells of the body of a table, as text."""
        body = self.one("tbody")
        return [[cell.text for cell in row.all("td", "th")] for row in body.all("tr")]


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.root = self.at = Element("", {})

    def handle_starttag(self, tag, attrs):
        found = Element(tag, {name: value or "" for name, value in attrs}, self.at)
        self.at.children.append(found)
        if tag not in VOID:
            self.at = found

    def handle_startendtag(self, tag, attrs):
        self.at.children.append(Element(tag, dict(attrs), self.at))

    def handle_endtag(self, tag):
        assert self.at.tag == tag, f"</{tag}> closes <{self.at.tag}>"
        self.at = self.at.parent

    def handle_data(self, data):
        self.at.children.append(data)


def read_page(text):
    reader = _Reader()
    reader.feed(text)
    assert reader.at is reader.root, f"<{reader.at.tag}> is not closed"
    return reader.root
