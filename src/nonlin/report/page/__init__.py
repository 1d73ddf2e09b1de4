"""A result as one HTML file that needs nothing else: no network, no script from elsewhere."""

from nonlin.report.page.write import checked, html, write

__all__ = ["checked", "html", "write"]
