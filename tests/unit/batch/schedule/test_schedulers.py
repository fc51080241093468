"""Every recipe, whatever the scheduler."""

from __future__ import annotations

import pytest

from odr_analysis.batch.schedule.schedulers import RECIPES
from tests.unit.batch.schedule.made_run import a_run


@pytest.mark.parametrize("name", list(RECIPES))
def test_each_recipe_has_files_steps_its_zone_and_the_variables_it_needs(name, tmp_path):
    run = a_run(tmp_path)
    (run.accounts.parent / ".git").mkdir()
    recipe = RECIPES[name](run)
    assert recipe.files
    assert all(text.endswith("\n") for text in recipe.files.values())
    whole = "\n".join([*recipe.files.values(), *recipe.steps])
    assert "Europe/Berlin" in whole
    assert "ODR_OPS" in whole
    assert "anna@example.com" not in whole


@pytest.mark.parametrize("name", list(RECIPES))
def test_each_recipe_names_the_credentials_of_the_storage_that_accounts_are_in(name, tmp_path):
    run = a_run(tmp_path)
    (run.accounts.parent / ".git").mkdir()
    folder = "abfs://sellers@shop.dfs.core.windows.net/alpha"
    run.accounts.write_text(f'[[account]]\nfolder = "{folder}"\n', "utf-8")
    recipe = RECIPES[name](run)
    whole = "\n".join([*recipe.files.values(), *recipe.steps])
    assert "AZURE_STORAGE_ACCOUNT_NAME" in whole
    assert "AZURE_STORAGE_ACCOUNT_KEY" in whole
    assert "AWS_REGION" not in whole
    may = "Leave out AZURE_STORAGE_ACCOUNT_NAME, AZURE_STORAGE_ACCOUNT_KEY where the computer"
    assert (may in whole) == (name != "github")
