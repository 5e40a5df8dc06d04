# What variants of the domain are called.

words-first-touch = First touch
words-last-touch = Last touch
words-linear = Linear
words-position-based = Position based
words-time-decay = Time decay
# The same inside a sentence.
words-inline-first-touch = first touch
words-inline-last-touch = last touch
words-inline-linear = linear
words-inline-position-based = position based
words-inline-time-decay = time decay

words-sponsored-post = Sponsored Post
words-story = Story
words-reel = Reel
words-video = Video
words-bio-link = Bio Link
words-affiliate = Affiliate

# How a creator is paid.
words-paid-by-paypal = PayPal
words-paid-by-bank = Bank transfer
words-paid-by-wise = Wise
words-paid-by-other = Another way

# Why an order is credited to nobody.
words-unassigned-disputed = Several visitors claim the order
words-unassigned-not-proven = The evidence is not proven
words-unassigned-no-link = The creator has no link
words-unassigned-link-deleted = The code’s link was deleted
words-unassigned-self-referral = The creator is the buyer
words-unassigned-outside-window = The visit is too old
words-unassigned-after-order = The visit came after the order
words-unassigned-unknown-code = No link has the code
words-unassigned-bot = The visit was by a bot
words-unassigned-no-evidence = No creator involved

# Why a piece of evidence does not count, after "Not counted:".
words-refused-outside-window = it is older than the lookback window
words-refused-after-order = it happened after the order
words-refused-bot = it was made by a bot or a link preview
words-refused-self-email = the creator is the buyer: both have the same e-mail address
words-refused-self-payout = the creator is the buyer: the order has the creator's payout address
words-refused-self-customer = the creator is the buyer: the same customer or browser also ordered with the creator's address
words-refused-self-visitor = the creator is the buyer: the same browser signed in as the creator
words-refused-unknown-code = no link of this brand has this code
words-refused-no-link = the creator has no link yet: create one, then recompute the orders
words-refused-link-deleted = the link with this discount code was deleted before the order
words-refused-disputed = several visitors claim this order, so a person decides
words-refused-not-proven = it is not proven, and other evidence is

# What was not found, inside a sentence.
words-noun-address = address
words-noun-answer = answer
words-noun-brand = brand
words-noun-campaign = campaign
words-noun-click = click
words-noun-commission = commission
words-noun-conversion = conversion
words-noun-creator = creator
words-noun-creator-campaign-or-link = creator, campaign or link
words-noun-customer = customer
words-noun-delivery = delivery
words-noun-event = event
words-noun-export = export
words-noun-file = file
words-noun-import = import
words-noun-integration = integration
words-noun-invitation = invitation
words-noun-job = job
words-noun-key = key
words-noun-link = link
words-noun-manual-credit = manual credit
words-noun-member = member
words-noun-milestone = milestone
words-noun-model-run = model run
words-noun-order = order
words-noun-payout = payout
words-noun-policy = policy
words-noun-proof = proof
words-noun-qr-code = QR code
words-noun-reason = reason
words-noun-question = question
words-noun-rule = rule
words-noun-sale = sale
words-noun-session = session
words-noun-shop = shop
words-noun-tier = tier
words-noun-webhook-endpoint = webhook endpoint
words-noun-webhook-tester = webhook tester

# Who did something, after "by".
words-actor-rules = your rules
words-actor-operator = the command line
words-actor-member = a team member
words-actor-admin = a user of your Shopify admin
words-actor-key = an API key

# Reasons of ledger entries.
words-reason-percent = { $percent } % of { $amount }
words-reason-fixed = { $amount } per order
words-reason-bonus = { $reason } and { $amount } for a new customer
words-reason-cap = { $reason }, at most { $amount }
words-reason-other-currency = the rule's cap is in another currency
words-reason-nothing = the order earns nothing any more
