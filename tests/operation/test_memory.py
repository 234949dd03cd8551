"""When a process looks for garbage."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize("between_requests", [True, False])
def test_looks_less_in_the_midst_of_requests_where_it_does_between_them(between_requests):
    code = (
        "import gc, django; django.setup(); was = gc.get_threshold();"
        "from iomsite.operation.memory import settle;"
        f"settle(between_requests={between_requests}); now = gc.get_threshold();"
        "print(now[1] > was[1], now[::2] == was[::2], gc.get_freeze_count() > 100_000)"
    )
    ended = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert ended.stdout.split() == [str(between_requests), "True", "True"]
