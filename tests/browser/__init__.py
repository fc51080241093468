"""Pages and notebooks in a real Chromium."""

import pytest

# Else a failed assertion in what the tests share does not show what it compared.
pytest.register_assert_rewrite("tests.browser.opened")
