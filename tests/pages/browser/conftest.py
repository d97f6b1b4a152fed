from ...serve.browser.conftest import browser

__all__ = ["browser"]
