"""The page that tables and texts of the report stand on."""

from html import escape

STYLE = """
body { font: 15px/1.5 sans-serif; max-width: 75em; margin: 2em auto; padding: 0 1em;
       color: #111; background: #fff; }
h1 { font-size: 1.3em; }
h2 { font-size: 1.05em; margin: 1.4em 0 0.2em; }
p { margin: 0.4em 0; max-width: 60em; }
ol { font-size: 0.9em; max-width: 66em; }
table { border-collapse: collapse; font-size: 0.87em; }
th { text-align: left; border-bottom: 2px solid #111; padding: 0.3em 0.8em 0.3em 0;
     vertical-align: bottom; }
td { padding: 0.2em 0.8em 0.2em 0; white-space: nowrap; color: #555; }
tr.first td { border-top: 1px solid #aaa; color: #111; font-weight: 600; }
"""


def html_page(title, body):
    """Return a page that needs no other file.

    Parameters
    ----------
    title : str
        Plain text.
    body : str
        HTML.

    Returns
    -------
    str
    """
    title = escape(title)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"<h1>{title}</h1>\n{body}\n</body>\n</html>\n"
    )
