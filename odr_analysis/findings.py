"""``findings``, the answer as data, at its public address; it lives in ``odr_analysis.answer``."""

from odr_analysis.answer import findings

__all__ = ["findings"]
