"""A result as one HTML file that needs nothing else: no network, no script from elsewhere."""

from nonlin.report.page.diagnosis import diagnosis_html, write_diagnosis
from nonlin.report.page.write import checked, html, write

__all__ = ["checked", "diagnosis_html", "html", "write", "write_diagnosis"]
