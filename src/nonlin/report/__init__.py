"""A result of `choose`, for people (terminal) and for programs (JSON) (floor F8)."""

from nonlin.report.plain import as_json

__all__ = ["as_json"]
