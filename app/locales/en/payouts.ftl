payouts-title = Payouts
payouts-balances = Balances
payouts-so-far = Payouts so far
payouts-creator = Creator
payouts-creators = Creators
payouts-former-creator = A former creator
payouts-amount = Amount
payouts-paid-by = Payout method
payouts-no-details = No details

# What is due.
payouts-nothing-earned = No creator has earned anything yet
payouts-nothing-earned-text = Once you add a commission rule, this page shows what each creator is owed, and you pay it out in one go.
payouts-see-rules = See the rules
payouts-available-for-payout = Available for payout
payouts-for-creators = { $count ->
    [one] for 1 creator
   *[other] for { $count } creators
}
payouts-without-details = { $count ->
    [one] No payout details for 1 creator: the files cannot say where to pay them.
   *[other] No payout details for { $count } creators: the files cannot say where to pay them.
}
payouts-create = Create payout
payouts-create-text = { $count ->
    [one] This puts { $amount } for 1 creator into a payout. You send the money yourself and mark the payout as paid afterwards; until then it can be cancelled.
   *[other] This puts { $amount } for { $count } creators into a payout. You send the money yourself and mark the payout as paid afterwards; until then it can be cancelled.
}
payouts-nothing-due-held = Nothing to pay out yet. What creators earned is on hold, or needs your approval.
payouts-nothing-due = Nothing to pay out yet. Commissions become available when their hold is over.
payouts-see-commissions = See commissions

# What each creator is owed.
payouts-available = Available
payouts-in-open = In open payouts
payouts-held = On hold
payouts-paid = Paid

# The payouts so far.
payouts-none = No payouts yet.
payouts-payout = Payout
payouts-state = State
payouts-total = Total
payouts-created-by = created by { $who }
payouts-of-day = Payout of { $day }
payouts-is-open = Open: not paid yet
payouts-is-paid = Paid
payouts-is-paid-on = Paid { $day }
payouts-is-cancelled = Cancelled
payouts-is-cancelled-on = Cancelled { $day }

# One payout.
payouts-back = ← Payouts
payouts-was-created = Payout created. Send the money, then mark it as paid.
payouts-was-paid = Marked as paid. Its creators see it in their history.
payouts-was-cancelled = Payout cancelled. Its amounts are available again.
payouts-creators-of = Creators in this payout
payouts-pay-to = Pay to
payouts-details-changed-label = Changed payout details
payouts-details-changed-lately = Payout details were changed in the last 7 days. Ask these creators, in a way you know, before you pay:
payouts-details-changed-own = { $days ->
    [0] { $creator }: changed today by the creator
    [one] { $creator }: changed 1 day ago by the creator
   *[other] { $creator }: changed { $days } days ago by the creator
}
payouts-details-changed = { $days ->
    [0] { $creator }: changed today by your team, an import or a merge
    [one] { $creator }: changed 1 day ago by your team, an import or a merge
   *[other] { $creator }: changed { $days } days ago by your team, an import or a merge
}

# The steps of an open payout.
payouts-download = Download a file
payouts-csv-file = CSV file
payouts-paypal-file = PayPal file
payouts-no-paypal-file = { $count ->
    [one] No PayPal file: 1 creator without a PayPal address
   *[other] No PayPal file: { $count } creators without a PayPal address
}
payouts-send = Send the money
payouts-send-text = Upload PayPal's file there, or pay each row of the CSV file at your bank. CreatorScore moves no money.
payouts-mark = Mark it as paid
payouts-mark-button = Mark as paid
payouts-mark-text = Your creators see it as paid from then on. This cannot be undone.
payouts-mark-submit = It was sent
payouts-reference = Reference
payouts-reference-hint = What you call the transfer. May be empty.
payouts-cancel = Cancel payout
payouts-cancel-text = Its amounts become available again. Do this only if you sent nothing.

# What a payout is made of.
payouts-lines-title = What it is made of
payouts-lines = Lines of this payout
payouts-lines-cancelled = What was in it is available again, for the next payout.
payouts-for = For
payouts-order = Order
payouts-booked = Booked
payouts-line-commission = Commission
payouts-line-taken-back = Taken back
payouts-line-adjustment = Adjustment
payouts-line-payout = Payout

# Who did what, and when.
payouts-history = History
payouts-event-created = Created { $moment } by { $who }
payouts-event-paid = Marked as paid { $moment }
payouts-event-paid-by = Marked as paid { $moment } by { $who }
payouts-event-cancelled = Cancelled { $moment }
payouts-event-cancelled-by = Cancelled { $moment } by { $who }
payouts-event-reference = {" "}· reference { $reference }
payouts-owners-only = Only an owner can create payouts, or mark them as paid or cancelled.
