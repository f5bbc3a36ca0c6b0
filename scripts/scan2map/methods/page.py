"""Set the methods text as a page with numbered citations."""

import re
from html import escape

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
    return PAGE.format(
        title=escape(title), body="\n".join(body), sources="\n".join(sources)
    )


def _linked(reference):
    """Make the DOI of a reference a link."""
    return re.sub(
        r"doi:(\S+)$", r'<a href="https://doi.org/\1">doi:\1</a>', escape(reference)
    )


PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 Georgia, serif; max-width: 46em; margin: 2em auto;
       padding: 0 1em; color: #111; background: #fff; }}
h1, h2 {{ font-family: sans-serif; line-height: 1.2; }}
h1 {{ font-size: 1.4em; }}
h2 {{ font-size: 1.05em; margin: 1.4em 0 0.2em; }}
p {{ margin: 0.2em 0; }}
ol {{ font-size: 0.9em; }}
</style>
</head>
<body>
<h1>{title}</h1>
{body}
<h2>References</h2>
<ol>
{sources}
</ol>
</body>
</html>
"""
"""The page around the text."""
