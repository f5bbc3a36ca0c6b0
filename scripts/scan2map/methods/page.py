"""Set the methods text as a page with numbered citations."""

import re
from html import escape

from scan2map.html import html_page
from scan2map.methods.references import REFERENCES


def methods_html(paragraphs, title):
    """Set paragraphs as a page with numbered citations and their list.

    Parameters
    ----------
    paragraphs : list of (str, str)
        From `methods_text`.
    title : str
        Name of the study.

    Returns
    -------
    str
        A page that needs no other file.

    Raises
    ------
    ValueError
        A citation is not among `REFERENCES`.
    """
    numbers = {}

    def cite(match):
        keys = match[1].split(", ")
        unknown = [key for key in keys if key not in REFERENCES]
        if unknown:
            raise ValueError(f"the methods text cites {unknown}, which no source has")
        return (
            f"[{', '.join(str(numbers.setdefault(k, len(numbers) + 1)) for k in keys)}]"
        )

    body = [
        f"<h2>{escape(heading)}</h2>\n<p>"
        + re.sub(
            r"\[([a-z]+\d{4}(?:, [a-z]+\d{4})*)\]", cite, escape(text, quote=False)
        )
        + "</p>"
        for heading, text in paragraphs
    ]
    sources = [f"<li>{_linked(REFERENCES[key])}</li>" for key in numbers]
    return html_page(
        title,
        "\n".join([*body, "<h2>References</h2>", "<ol>", *sources, "</ol>"]),
    )


def _linked(reference):
    """Make the DOI of a reference a link."""
    return re.sub(
        r"doi:(\S+)$", r'<a href="https://doi.org/\1">doi:\1</a>', escape(reference)
    )
