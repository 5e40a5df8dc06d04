"""What Schemathesis is to know beyond the document."""

import itertools
import json
import os
import re
import zlib

import schemathesis
import world
from schemathesis import GenerationMode

# Keys by brand, and ids of existing objects of each brand, by resource.
BRANDS = [
    (keys, world.create(os.environ["CONTRACT_SERVER"], brand, keys))
    for brand, keys in enumerate(json.loads(os.environ["CONTRACT_KEYS"]))
]

# A key has a minute's limit, and the cases are sent faster: each call takes the next of many keys, of one brand after the
# other. Were a limit ever reached, the answers, and with them the cases, would depend on the speed of the machine.
CALLERS = itertools.cycle([
    (key, objects) for place in zip(*(keys for keys, _ in BRANDS)) for key, (_, objects) in zip(place, BRANDS)
])

# Why a request may be refused although its schema allows it: rules that a schema cannot state.
REASONS = [re.compile(reason) for reason in [
    # What it names must exist.
    r"does not exist", r"is not known$", r"not found", r"No tracked customer", r"No aff parameter", r"is not in the list$", r"must be an id \(",
    r"must be an? (creator|campaign|link|order|collab|payout)'s id", r"Invalid affiliate_url", r"scopes must be names",
    r"types must be names", r"scopes has ", r"has every scope", r"must be a full (https )?URL", r"must be an absolute URL", r"of a new endpoint", r"affiliate_url is required",
    # New objects need more than changed ones; one of several fields is needed; `id` is for rows of bulk requests.
    r"is required", r"^id is not a known field$", r"exclude each other", r"must not be empty",
    # Lengths are in bytes, texts are trimmed, and are no control characters; a name in an object is there once.
    r"must be at most \d+ (bytes|characters)", r"must be 1 to \d+ (characters|bytes)", r"must not contain", r"must begin",
    r"must not be zero", r"must not begin with", r"letters, digits", r"metadata ", r"is there twice", r"the JSON has a field twice",
    r"is too large", r"must be a UUID",
    # Times have a range, amounts the decimals of their currency, and currencies a list.
    r"RFC 3339", r"Unix seconds", r"in the future", r"decimal places", r"ISO 4217", r"must be nested",
    # What one parameter or state allows of another.
    r"model needs group_by", r"must be at most 800 days", r"^nothing is (left of the order$|payable in)",
    r"must be at most -?\d+, which is left", r"cannot change", r"is not the collab's", r"^the payout is ", r"was erased$", r"cannot be edited$", r"^this is an edit of ", r"^amount_minor must be 0 to ", r"^order is a test$", r"is in a closed period$", r"campaign is unknown", r"the endpoint is disabled", r"has at most 100 keys",
    r"^Content-Type must be", r"^rules\[\d+\] ", r"must be a host$", r"must be an? (e-mail )?address", r"must be at most \d+, (of|each)", r"^invalid type: floating point", r"^The form cannot be read$", r"must not be after", r"must be a link's code", r"unknown event type", r"alpha-2 code", r"within the last 366 days",
    r"^discount of kind", r"must be 1 to 255 characters, without line breaks",
    # JSON Schema takes 1.0 for an integer. The API does not: amounts are never floats.
    r"must be an (array|object) of",
    # Files of imports: what their columns must be.
    r"^mapping ", r"^(no )?column ", r"^the (file|rows of the file|first row) ",
    # What is left of a sale.
    r"(is|are) left of the sale$",
]]


def real(objects, resource, made_up):
    """Replaces two of three made-up ids by the id of an existing object."""
    known = objects.get(resource, [])
    place = zlib.crc32(str(made_up).encode("utf-8", "surrogatepass"))
    return known[place // 3 % len(known)] if known and place % 3 else made_up


def name_objects(case, objects):
    """Makes a valid case refer to existing objects."""
    resource = (re.match(r"/api/v1/(\w+)/\{id\}", case.path) or [None, None])[1]
    if resource and "id" in (case.path_parameters or {}):
        case.path_parameters["id"] = real(objects, resource, case.path_parameters["id"])
    bodies = case.body.get("rows", [case.body]) if isinstance(case.body, dict) else []
    for place in [case.query or {}, *(body for body in bodies if isinstance(body, dict))]:
        for name in ("creator", "campaign", "collab", "link", "product", "order"):
            if isinstance(place.get(name), str):
                place[name] = real(objects, f"{name}s", place[name])


@schemathesis.hook
def before_call(context, case, kwargs):
    """Sends a valid key and, in valid cases, ids of existing objects."""
    key, objects = next(CALLERS)
    if case.meta is not None and case.meta.generation.mode == GenerationMode.POSITIVE:
        name_objects(case, objects)
    others = {name: value for name, value in (case.headers or {}).items() if name.lower() not in ("authorization", "x-api-key")}
    case.headers = {**others, "Authorization": f"Bearer {key}"}


@schemathesis.check
def limits_are_not_reached(context, response, case):
    """A limit would hide what the request does."""
    assert response.status_code != 429, "more keys are needed"


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
