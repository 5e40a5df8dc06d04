commissions-title = Commissions
commissions-adjust = Adjust balance
commissions-creator = Creator
commissions-all-creators = All creators
commissions-former-creator = A former creator
commissions-order = Order
commissions-amount = Amount
commissions-reason = Reason
commissions-state = State
commissions-every-state = Every state
commissions-actions = Actions
commissions-more = More
commissions-cancel = Cancel

# What was done.
commissions-were-approved = { $count ->
    [one] 1 order approved. Commissions on hold become available when the hold ends.
   *[other] { $count } orders approved. Commissions on hold become available when the hold ends.
}
commissions-proven-were-approved = { $count ->
    [0] No proven commission is past its hold yet.
    [one] 1 commission approved.
   *[other] { $count } commissions approved.
}
commissions-were-rejected = { $count ->
    [one] The commissions of 1 order were rejected.
   *[other] The commissions of { $count } orders were rejected.
}
commissions-was-adjusted = Adjustment added to the ledger.

# What is where on its way to the creators.
commissions-on-hold = On hold
commissions-hold-days = { $days ->
    [one] 1 day after each order
   *[other] { $days } days after each order
}
commissions-waiting = { $count ->
    [one] 1 needs approval
   *[other] { $count } need approval
}
commissions-waiting-at-least = at least { $count } need approval
commissions-available = Available
commissions-available-note = goes into the next payout
commissions-open-payouts = In open payouts
commissions-open-payouts-note = not marked as paid yet
commissions-paid = Paid
commissions-paid-note = in payouts marked as paid

# The form of an adjustment.
commissions-adjust-title = Adjust a balance
commissions-adjust-text = Adds a line to the ledger, available at once. The creator sees it in their balance, without the reason.
commissions-adjust-amount-hint = In { $currency }. Negative to deduct.
commissions-choose-creator = Choose a creator
commissions-adjust-reason-example = Bonus for the autumn campaign
commissions-add-adjustment = Add adjustment

# What needs a person's approval.
commissions-needs-approval = Needs approval
commissions-needs-approval-text = Look at the order before you approve what is not proven: anybody can report an order number or a customer’s name. An approved commission still waits for the end of its hold.
commissions-needs-approval-cut = These are the latest. Older ones show up as you decide on them.
commissions-needs-approval-table = Commissions that need approval
commissions-why-waiting = Why it waits
commissions-hold-ends = Hold ends
commissions-commission = Commission
commissions-choose-order = Choose { $order }
commissions-not-proven = Not proven: only a browser reported it
commissions-approve-each = You approve each
commissions-approve = Approve chosen
commissions-approve-proven = Approve all that is proven and past its hold
commissions-reject-chosen = Reject chosen…
commissions-reject-text = The commissions of these orders become zero. The sales stay credited. The reason is kept in the ledger.
commissions-reject-example = Paid for the sale already
commissions-reject = Reject

# The ledger.
commissions-ledger = Ledger
commissions-no-line = No line of the ledger matches.
commissions-none = No commissions yet
commissions-none-text = Once you add a commission rule, each credited order adds a line here. Refunds reverse their share.
commissions-see-rules = See the rules
commissions-line = Line
commissions-when = When
commissions-line-accrual = Commission
commissions-line-reversal = Taken back
commissions-line-correction = Correction
commissions-line-adjustment = Adjustment
commissions-line-paid-out = Paid out
commissions-line-payout-cancelled = Back from a cancelled payout
commissions-line-payout = Put into a payout
# $who is who did it.
commissions-by = by { $who }
commissions-reason-by = { $reason } · by { $who }

# Where a line is on its way: as a choice of the filter, and in the table. $day is the day of the payout.
commissions-open-payout = In an open payout
commissions-payout-cancelled = Payout cancelled
commissions-on-hold-until = On hold until { $day }
commissions-in-payout = In payout
commissions-in-payout-of = In payout of { $day }
commissions-paid-in-payout = Paid in payout
commissions-paid-in-payout-of = Paid in payout of { $day }
commissions-payout-of-cancelled = Payout of { $day } cancelled

# Rules.
commissions-rules = Commission rules
commissions-rules-text = Calculated on the price of the goods after discounts and refunds, without tax and shipping. If several rules match, the most specific one applies: creator, then product, campaign, tier, every creator.
commissions-rule-created = Rule added. It applies to orders processed from now on.
commissions-rule-ended = Rule ended.
commissions-new-rule = New rule
commissions-no-rules = No rules yet, so nobody earns a commission
commissions-no-rules-text = Begin with one rule for every creator, such as 10 % of each order. Add more specific rules later.
commissions-for = For
commissions-earns = Earns
commissions-in-force = In force
commissions-not-yet = Not yet
commissions-ended = Ended
commissions-since = since { $day }
commissions-from-to = { $from } to { $to }
commissions-end = End
commissions-end-text = New orders earn nothing under this rule. Commissions already earned stay.
commissions-end-rule = End rule

# For whom a rule is.
commissions-for-all = Every creator
commissions-for-all-note = unless a more specific rule fits
commissions-for-tier = Tier { $tier }
commissions-for-tier-note = creators who had this tier at the time of the order
commissions-for-campaign = Campaign { $campaign }
commissions-for-campaign-gone = Campaign that is gone
commissions-for-campaign-note = sales by its links
commissions-for-product = Product { $product }
commissions-for-product-note = this product only
commissions-for-creator-note = this creator only

# What a rule gives. $earned is one of these, to which more is added.
commissions-earns-percent = { $percent } of each order
commissions-earns-fixed = { $amount } per order
commissions-earns-bonus = { $earned }, plus { $bonus } for a new customer
commissions-earns-cap = { $earned }, at most { $cap } per order

# The form of a rule.
commissions-applies-to = Applies to
commissions-applies-to-hint = A creator, tier, campaign or product. Type to search.
commissions-percent = Percentage of order
commissions-fixed = Fixed amount per order
commissions-fixed-hint = Instead of a percentage, in { $currency }.
commissions-start = Start date
commissions-start-hint = Today if empty.
commissions-end-date = End date
commissions-end-date-hint = The last day. None if empty.
commissions-bonus = Bonus for a new customer
commissions-bonus-hint = On a customer’s first order, in { $currency }.
commissions-cap = Maximum per order
commissions-cap-hint = Bonus included, in { $currency }.
commissions-new-tier = Or a tier that nobody has yet
commissions-other-product = Or a product that is not in the list
commissions-other-product-hint = The number at the end of the product’s address in your Shopify admin.
commissions-add-rule = Add rule

# Tiers by rules.
commissions-tiers = Tiers
commissions-tiers-text = Once a day, each creator gets the first tier whose conditions they meet. A creator who meets none loses any tier listed here; locked tiers do not change.
commissions-tiers-none = No tier rules yet: creators have the tiers that you give them.
commissions-tiers-saved = Tiers saved. Creators are moved in a moment.
commissions-tier-actions = Actions for tier { $tier }
commissions-tier-edit = Edit
commissions-tier-up = Move up
commissions-tier-remove = Remove
# What a tier asks for, after its name.
commissions-tier-for-all = for everybody
commissions-tier-for-orders = { $orders ->
    [one] for at least 1 order { $days ->
        [one] today
       *[other] in the last { $days } days
    }
   *[other] for at least { $orders } orders { $days ->
        [one] today
       *[other] in the last { $days } days
    }
}
commissions-tier-for-revenue = { $days ->
    [one] for at least { $revenue } of revenue today
   *[other] for at least { $revenue } of revenue in the last { $days } days
}
commissions-tier-for-both = { $orders ->
    [one] for at least 1 order and { $revenue } of revenue { $days ->
        [one] today
       *[other] in the last { $days } days
    }
   *[other] for at least { $orders } orders and { $revenue } of revenue { $days ->
        [one] today
       *[other] in the last { $days } days
    }
}
commissions-tier-for-followers = { $followers ->
    [one] for at least 1 follower
   *[other] for at least { $followers } followers
}
commissions-tier-for-engagement = for an engagement rate of at least { $rate }
commissions-edit-tier = Edit tier
commissions-add-tier = Add tier
commissions-tier = Tier
commissions-tier-example = gold
commissions-orders = Orders
commissions-orders-hint = Minimum. Optional.
commissions-revenue = Revenue
commissions-revenue-hint = Minimum, in { $currency }. Optional.
commissions-followers = Followers
commissions-followers-hint = Minimum, on all platforms together, as last reported. Optional.
commissions-engagement = Engagement
commissions-engagement-hint = Minimum rate in percent, on at least one platform. Optional.
commissions-days = Days
commissions-days-hint = How many days to look back, including today: 1 to 730.
commissions-save-tier = Save tier
