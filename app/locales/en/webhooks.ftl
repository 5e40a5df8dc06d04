# An endpoint.
webhooks-title = Webhooks to { $host }
webhooks-back = ← Setup
webhooks-state = State
webhooks-version = Version
webhooks-created = Created
webhooks-was-saved = Endpoint saved.
webhooks-was-replayed = { $count ->
    [0] There was nothing to send again.
    [one] 1 event is sent again.
   *[other] { $count } events are sent again.
}
webhooks-edit = Edit the endpoint
webhooks-save = Save
webhooks-remove = Remove the endpoint

# What it was sent.
webhooks-deliveries = Deliveries
webhooks-all-states = All states
webhooks-waiting = Waiting for an earlier event
webhooks-due = To be sent
webhooks-delivered = Delivered
webhooks-dead = Failed
webhooks-event = Event
webhooks-attempts = Attempts
webhooks-answer = Answer
webhooks-queued = Queued
webhooks-next = next attempt { $moment }
webhooks-none = No deliveries
webhooks-none-text = Events that this endpoint is sent are listed here for 30 days.
webhooks-send-again = Send again
webhooks-replay = Send events again
webhooks-replay-text = Your system recognizes an event that it already has by its webhook-id.
webhooks-replay-disabled = Enable the endpoint first.
webhooks-which = Which events
webhooks-replay-failed = Those that were not delivered
webhooks-replay-all = All
webhooks-since = Since
webhooks-since-hint = Empty: since the endpoint was created. Events are kept for 30 days.

# Its secret.
webhooks-secret = Secret
webhooks-secret-text = The secret signs what is sent. If somebody else may have it, replace it.
webhooks-previous = The previous secret also signs until { $moment }.
webhooks-overlap = The old secret
webhooks-overlap-none = Stops at once
webhooks-overlap-hours = { $count ->
    [one] Also signs for 1 more hour
   *[other] Also signs for { $count } more hours
}
webhooks-rotate = Replace the secret

# A delivery.
webhooks-back-to-deliveries = ← Deliveries
webhooks-event-id = Event id
webhooks-about = About
webhooks-number = Sequence
webhooks-next-attempt = Next attempt
webhooks-when = When
webhooks-duration = Took
webhooks-ms = { $count } ms
webhooks-answer-body = What it said
webhooks-no-attempt = It has not been sent yet.
webhooks-body = What is sent
webhooks-body-text = Each attempt has the same body and its own timestamp and signature. { $link }
webhooks-body-gone = The event is no longer kept.
webhooks-was-replayed-part = { $count ->
    [one] 1 event is sent again. There are more: choose a later day for those.
   *[other] { $count } events are sent again. There are more: choose a later day for those.
}
