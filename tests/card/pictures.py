"""Keeps pictures of what the tests saw, to look at."""

from typing import Final

from playwright.sync_api import Page

from .browser import ROOT

FOLDER: Final = ROOT / ".pictures"


def keep(page: Page, name: str) -> None:
    """Keep a picture of a page."""
    FOLDER.mkdir(exist_ok=True)
    page.screenshot(path=FOLDER / f"{name}.png")
