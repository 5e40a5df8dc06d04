"""What Schemathesis is to know beyond the document."""

import itertools
import os

import schemathesis

# A key has a minute's limit, and the cases are sent faster: each call takes the next of many keys.
KEYS = itertools.cycle(os.environ["CONTRACT_KEYS"].split(","))


@schemathesis.hook
def before_call(context, case, kwargs):
    """Sends a key that works wherever the case has one."""
    for name in list(case.headers or {}):
        if name.lower() == "x-api-key":
            del case.headers[name]
    key = f"Bearer {next(KEYS)}"
    case.headers = {**(case.headers or {}), "Authorization": key}
