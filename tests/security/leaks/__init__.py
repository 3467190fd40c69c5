"""Nothing secret is written down in the whole test run: what a test leaves behind is looked through as it is written.

`tests/conftest.py` installs the watch where moto is used, and asks it after each test.
"""
