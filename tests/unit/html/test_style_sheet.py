"""Both themes in one style sheet, and templates that escape."""

from __future__ import annotations

import jinja2
import pytest

from odr_analysis import style
from odr_analysis.html.style_sheet import css, style_sheet, templates


def test_it_has_the_colours_of_both_themes() -> None:
    sheet = css()
    for theme in (style.LIGHT, style.DARK):
        assert style.css_variables(theme) in sheet
    assert style_sheet() == f'<style class="odr-style">{sheet}</style>'


def test_templates_escape_and_miss_nothing_silently() -> None:
    template = templates().from_string("{{ value }}")
    assert template.render(value="<b>") == "&lt;b&gt;"
    with pytest.raises(jinja2.UndefinedError):
        template.render()
