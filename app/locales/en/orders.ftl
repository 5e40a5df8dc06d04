orders-title = Orders
orders-search = Search by order or customer
orders-csv-note = The CSV file holds what this list shows, up to { $count } orders.
orders-erased = The customer was erased. Amounts and credits of their orders stay.
orders-left-out = Other orders are left out: this file holds { $count }. Choose a period.
orders-no-match = No order matches this. { $all }
orders-show-all = Show all orders
orders-empty = No orders yet
orders-empty-text = Orders from your shop appear here automatically, with the creator who earned them or the reason why nobody did.
orders-empty-action = See what is connected

# Filters.
orders-show = Show
orders-all = All orders
orders-creator = Creator
orders-all-creators = All creators
orders-campaign = Campaign
orders-all-campaigns = All campaigns
orders-link = Link
orders-all-links = All links
orders-from = From
orders-to = To
orders-source = Source
orders-all-sources = All sources
orders-period = Period
orders-all-time = All time
orders-last-7-days = Last 7 days
orders-last-30-days = Last 30 days
orders-last-90-days = Last 90 days
orders-last-365-days = Last 365 days
orders-credited = Credited
orders-unassigned = Unassigned
orders-unassigned-because = Unassigned: { $reason }
orders-review = Needs review
orders-refunded = With a refund

# Who reported an order.
orders-source-shopify = Shopify
orders-source-api = Your backend
orders-source-browser = A browser
orders-reported-shopify = Reported by Shopify
orders-reported-api = Reported by your backend
orders-reported-browser = Reported by a browser

# Columns and cells.
orders-order = Order
orders-when = When
orders-net-revenue = Net revenue
orders-credited-to = Credited to
orders-evidence = Evidence
orders-status = Status
orders-not-proven = Not proven
orders-without-creator = Link without a creator
orders-being-calculated = Being calculated

# An order.
orders-back = ← Orders
orders-customer = See the customer
orders-undo = Undo
orders-given = Credit given. The order is being calculated again.
orders-removed = Removed. The evidence decides again.
orders-answered = Answered. The creator sees it beside the sale.
orders-approved = Approved. The commission is payable after its hold.
orders-give = Give credit by hand
orders-give-other = Give it to somebody else
orders-give-to = Credit to
orders-give-to-hint = A creator, or one of their links.
orders-choose = Choose
orders-reason = Reason
orders-reason-example = They told us in an e-mail
orders-reason-hint = It is kept with the order.
orders-give-submit = Give credit
orders-remove = Remove the credit by hand
orders-all-evidence = All evidence ({ $count })
orders-what-was-found = What was found
orders-result = Result
orders-confidence = Confidence { $percent } %
orders-no-evidence = No evidence was found.

# The verdict.
orders-verdict = Verdict
orders-calculating = The order has arrived, and is being calculated.
orders-note-test = This is a test order: it is kept, and counts nowhere.
orders-note-erased = The shopper’s data was erased: the earlier decision stands, and only amounts are updated.
orders-note-repeat = This is the same sale as the shop’s order { $order }, which counts instead.
orders-note-cancelled = The order was cancelled: its revenue is zero.
orders-note-refunded = { $refunded } of { $total } was refunded: { $net } counts.
orders-review-refund = Needs review: a refund of lines also gave back or kept an amount of its own, which the order's total does not follow. Compare the figures with Shopify's.
orders-review-repeat = Needs review: it may be the same sale as order { $order }, and both count. If it is, refund the one that your backend reported.
orders-approval = The commission needs your approval, because the evidence is not proven. Approve it if you trust the evidence.
orders-approve = Approve credit and commission
# $creator is set off.
orders-gets = { $creator } gets { $amount }
orders-commission-none = No commission is left.
orders-commission-waits = Commission { $amount }, which waits for your approval.
orders-commission-in-payout = Commission { $amount }, in a payout.
orders-commission-payable = Commission { $amount }, payable { $day }.
orders-strength-unproven = not proven: only a browser says so
orders-strength-one = one kind of evidence
orders-strength-two = two kinds of evidence agree
orders-strength-three = three kinds of evidence agree
orders-strength-many = many kinds of evidence agree
orders-does-not-count = This order does not count.
orders-no-visitor = No browser could be matched to this order, so its clicks are not known. { $pixel }.
orders-no-visitor-pixel = See whether the pixel is installed
orders-looked-for = What was looked for
# $what is set off.
orders-looked = { $what }: { $result }
orders-looked-manual = Manual credit
orders-looked-promo = Discount codes of links
orders-looked-click = Clicks by the order's visitors
orders-looked-cart = A link's code in the cart
orders-looked-landing = A link's code on the landing page
orders-looked-survey = Survey answers
orders-found-none = none
orders-found-not-counted = { $found } found, not counted
orders-found-counted = { $found } found, { $counted } counted

# Nobody gets credit. $nobody is set off.
orders-nobody-gets = { $nobody } gets credit: { $reason }
orders-nobody = Nobody
orders-why-disputed = several visitors claim the order
orders-why-not-proven = the evidence is not proven
orders-why-no-link = the creator has no link
orders-why-link-deleted = the code’s link was deleted
orders-why-self-referral = the creator is the buyer
orders-why-outside-window = the visit is too old
orders-why-after-order = the visit came after the order
orders-why-unknown-code = no link has the code
orders-why-bot = the visit was by a bot
orders-why-no-evidence = no creator involved
# What a person can do about it.
orders-advice-disputed = Several browsers claim this order, so none of them decides the credit. Look at the evidence, and give the credit by hand if you know who sent the shopper.
orders-advice-not-proven = Something points to a creator, and nothing proves it. Look at the evidence, and give the credit by hand if you believe it.
orders-advice-no-link = The shopper named a creator who has no link that could be credited. Give the credit by hand if they deserve it.
orders-advice-link-deleted = The discount code belonged to a link that was deleted before the order. Give the credit by hand if the creator still deserves it.
orders-advice-self-referral = The creator is the buyer, and creators earn nothing on their own purchases. Give the credit by hand if you disagree.
orders-advice-outside-window = The shopper came through a link too long before the order. You can lengthen the lookback window in the settings, or give the credit by hand.
orders-advice-after-order = The shopper came through a link only after they had bought. Nothing needs to be done.
orders-advice-unknown-code = The order carries a code that none of your links has. A link may have been shared with a mistake in it.
orders-advice-bot = The only visits through a link were by bots and link previews. Nothing needs to be done.
orders-advice-no-evidence = Nothing leads from this order to a creator. If you know better, give the credit by hand.

# What a piece of evidence is. $link is what is $known of the link: its address, its code, or nothing.
orders-piece-click = { $known ->
    [address] The shopper clicked { $link }
    [code] The shopper clicked a link with the code { $link }
   *[nothing] The shopper clicked a link
}
orders-piece-cart = { $known ->
    [address] The cart carries the code of { $link }
    [code] The cart carries the code of a link with the code { $link }
   *[nothing] The cart carries the code of a link
}
orders-piece-landing = { $known ->
    [address] The shopper landed in the shop from { $link }
    [code] The shopper landed in the shop from a link with the code { $link }
   *[nothing] The shopper landed in the shop from a link
}
orders-piece-promo = The shopper used the discount code { $code }
orders-piece-survey = The shopper answered the survey with “{ $answer }”
orders-piece-survey-matched = The shopper answered the survey with “{ $answer }”; the answer was matched by hand
orders-piece-manual = Credit was given by hand: “{ $reason }”

# Why a creator gets credit. $which is one of the next group.
orders-because-click = Because the shopper clicked their link, { $which }.
orders-because-cart = Because the cart carries the code of their link, { $which }.
orders-because-landing = Because the shopper landed in the shop from their link, { $which }.
orders-because-promo = Because the shopper used their discount code { $code }.
orders-because-survey = Because the shopper named them in the survey: “{ $answer }”.
orders-because-survey-matched = Because the shopper named them in the survey: “{ $answer }”, which a person matched.
orders-because-manual = Because the credit was assigned manually: “{ $reason }”.
# Which of the touches it is.
orders-touch-only = { $days ->
    [one] the only touch within 1 day
   *[other] the only touch within { $days } days
}
orders-touch-first = { $days ->
    [one] the first of { $touches } touches within 1 day
   *[other] the first of { $touches } touches within { $days } days
}
orders-touch-last = { $days ->
    [one] the last of { $touches } touches within 1 day
   *[other] the last of { $touches } touches within { $days } days
}
orders-touch-linear = { $days ->
    [one] one of { $touches } touches within 1 day that share the credit equally
   *[other] one of { $touches } touches within { $days } days that share the credit equally
}
orders-touch-position = { $days ->
    [one] one of { $touches } touches within 1 day, of which the first and the last get the most
   *[other] one of { $touches } touches within { $days } days, of which the first and the last get the most
}
orders-touch-decay = { $days ->
    [one] one of { $touches } touches within 1 day, of which later ones get more
   *[other] one of { $touches } touches within { $days } days, of which later ones get more
}

# The policy, and kinds of evidence in its order.
orders-class-manual = credit by hand
orders-class-promo = discount codes
orders-class-visit = links
orders-class-survey = survey answers
orders-then = { $first }, then { $second }
orders-policy = { $days ->
    [one] Decided by version { $version } of your policy: { $order }; model { $model }; touches of the last day.
   *[other] Decided by version { $version } of your policy: { $order }; model { $model }; touches of the last { $days } days.
}
orders-conflict-class = Other evidence points to another creator. Your policy ranks { $class } higher.
orders-conflict-model = Others had a part too. Your policy’s model is { $model }.

# The timeline.
orders-timeline = Timeline
orders-journey = The shopper’s journey
orders-timeline-label = Timeline from the first touch to the order: { $creators }. The table of all evidence says the same.
orders-timeline-ringed = ringed: gets the credit
orders-timeline-hollow = hollow: does not count
orders-timeline-earlier = Earlier
orders-timeline-later = Later

# Other models.
orders-models = With another model
orders-models-same = Every model gives the same: only one creator’s touches count.
orders-models-own = Your policy also uses { $model }, but only within the kind of evidence that it ranks first. The models below share the order among all touches.
orders-models-policy = Your policy
orders-models-yours = Yours

# Amounts.
orders-amounts = Amounts
orders-total = Total
orders-refunded-at = Refunded { $when }
orders-cancelled-at = Cancelled { $when }
orders-goods = Goods, without tax and shipping
orders-item = Item { $number }
orders-gift-card = Gift card (item { $number })
orders-items = { $count ->
    [one] 1 item
   *[other] { $count } items
}
orders-customer-first = the customer’s first order
orders-customer-returning = a returning customer

# The commission.
orders-commission = Commission
orders-ledger = Commission of this order
orders-ledger-what = What
orders-ledger-amount = Amount
orders-ledger-state = State
orders-entry-accrual = { $creator } earned
orders-entry-reversal = { $creator } gives back
orders-entry-adjustment = { $creator } got an adjustment
orders-entry-payout = { $creator } was paid
orders-state-in-payout = In a payout
orders-state-waits = Waits for approval
orders-state-payable = Payable { $day }
orders-ledger-empty-test = Test orders earn no commission. { $rules }
orders-ledger-empty = This order earned no commission. Commission rules decide who earns what. { $rules }
orders-see-rules = See the rules

# Questions from creators.
orders-questions = Questions from creators
orders-you = You
orders-answer-field = The answer
orders-answer-hint = The creator reads it beside the sale.
orders-answer-send = Send answer
orders-answer = Answer
orders-answer-again = Answer again
