"""Methods text for a paper, filled from the configuration."""

from scan2map.methods.page import methods_html
from scan2map.methods.text import methods_text, package_versions

__all__ = ["methods_html", "methods_text", "package_versions"]
