"""What Schemathesis is to know beyond the document."""

import itertools
import os
import re

import schemathesis
from schemathesis import GenerationMode

# A key has a minute's limit, and the cases are sent faster: each call takes the next of many keys.
KEYS = itertools.cycle(os.environ["CONTRACT_KEYS"].split(","))

# Why a request may be refused although its schema allows it: rules that a schema cannot state.
REASONS = [re.compile(reason) for reason in [
    # What it names must exist.
    r"does not exist", r"is not known$", r"not found", r"No tracked customer", r"No aff parameter", r"must be an id \(",
    r"must be a (creator|campaign|link|order)'s id", r"Invalid affiliate_url", r"scopes must be names",
    r"types must be names", r"scopes has ", r"has every scope", r"must be a full URL", r"must be an absolute URL", r"of a new endpoint", r"affiliate_url is required",
    # New objects need more than changed ones; one of several fields is needed; `id` is for rows of bulk requests.
    r"is required", r"^id is not a known field$", r"exclude each other", r"must not be empty",
    # Lengths are in bytes, texts are trimmed, and are no control characters; a name in an object is there once.
    r"must be at most \d+ (bytes|characters)", r"must be 1 to \d+ (characters|bytes)", r"must not contain", r"must begin",
    r"must not begin with", r"letters, digits", r"metadata ", r"is there twice", r"the JSON has a field twice",
    r"is too large", r"must be a UUID",
    # Times have a range, amounts the decimals of their currency, and currencies a list.
    r"RFC 3339", r"Unix seconds", r"in the future", r"decimal places", r"ISO 4217", r"must be nested",
]]


@schemathesis.hook
def before_call(context, case, kwargs):
    """Sends a key that works."""
    others = {name: value for name, value in (case.headers or {}).items() if name.lower() not in ("authorization", "x-api-key")}
    case.headers = {**others, "Authorization": f"Bearer {next(KEYS)}"}


@schemathesis.check
def refusals_have_reasons(context, response, case):
    """What the schema allows is refused only for what a schema cannot say."""
    is_valid = case.meta is not None and case.meta.generation.mode == GenerationMode.POSITIVE
    if response.status_code != 400 or not is_valid:
        return
    body = response.json()
    said = body.get("details") or body["error"].split("; ")
    wrong = [sentence for sentence in said if not any(reason.search(sentence) for reason in REASONS)]
    assert not wrong, f"valid by the schema, and refused: {wrong}"
