setup-title = Setup
setup-was-revoked = Key revoked. Whatever uses it is refused from now on.
setup-was-retried = Retrying now.
setup-actions = Actions

# The first steps.
setup-steps = Set up CreatorScore · { $count } of { $total }
setup-steps-done = Steps done
setup-steps-text = A step is checked off automatically as soon as we see that it is done.
setup-steps-reload = Reload this page after you complete one.
setup-step-done = done:
setup-step-to-do = to do:
setup-step-shop = Connect your store
setup-step-shop-text = Open the app once from your Shopify admin: that connects the store, and its orders begin to arrive. Without Shopify, { $link }.
setup-step-shop-link = report orders by API
setup-shop-since = { $shop }, since { $moment }
setup-step-pixel = Put the pixel into your shop
setup-step-pixel-text = Paste this into your theme, before the closing head tag, with your pixel key. Then visit your shop.
setup-step-pixel-no-key = Create a pixel key under { $setup }, and paste the snippet with it into your theme.
setup-step-pixel-not-seen = has not been seen yet
setup-step-link = Create the first link
setup-step-link-text = Give a creator a link to a product.
setup-step-link-seen = { $count ->
    [one] one link
   *[other] { $count } links
}
setup-new-link = New link
setup-step-click = Try it with a click
setup-step-click-text = Scan the code with your phone and open the link, as a shopper would: { $link }
setup-step-click-no-link = Create a link first.
setup-step-click-seen = we saw a click
setup-qr-of = QR code of { $address }
setup-step-commission = Set a commission and invite a creator
setup-step-commission-text = Say what creators earn, then invite the first one by e-mail.
setup-step-commission-both = rule set; a creator can sign in or is invited
setup-step-commission-rule = rule set; nobody is invited yet
setup-step-commission-invited = a creator can sign in or is invited; no rule is set yet
setup-commission-rules = Commission rules
setup-invite = Invite a creator

# What is copied, in the label of the button.
setup-the-snippet = the pixel snippet
setup-the-link = the link
setup-the-new-key = the new key

# Keys.
setup-keys = API keys
setup-keys-text = A pixel key is public and can only report what shoppers do. A server key is secret: the sales and refunds it reports are trusted.
setup-no-keys = No keys yet
setup-no-keys-text = The pixel needs a pixel key. Your own systems need a server key.
setup-new-key = Your new key. Store it now: it is not shown again.
setup-key = Key
setup-type = Type
setup-mode = Mode
setup-created = Created
setup-state = State
setup-kind-pixel = Pixel
setup-kind-server = Server
setup-pixel-key = Pixel key
setup-server-key = Server key
setup-test = Test
setup-live = Live
setup-works = Works
setup-revoked = Revoked
setup-revoked-at = Revoked { $moment }
setup-revoke = Revoke
setup-revoke-key = Revoke key
setup-revoke-text = Whatever uses it is refused from then on. This cannot be undone.
setup-test-key = Test key
setup-test-key-hint = Its records are left out of all figures.
setup-create-key = Create key

# What arrives.
setup-pixel = Pixel
setup-pixel-text = Paste this before the closing head tag of your storefront's theme, with your pixel key:
setup-page-view = Page view
setup-add-to-cart = Add to cart
setup-checkout-start = Checkout start
setup-purchase = Purchase
setup-last-seen = last seen { $moment }
setup-not-seen = not seen yet
setup-key-of = Key …{ $id }…
setup-refused = { $count ->
    [one] sent more than it may in a minute: 1 request refused since the server started, { $moment }
   *[other] sent more than it may in a minute: { $count } requests refused since the server started, the last { $moment }
}
setup-shopify = Shopify
setup-installed = installed { $moment }
setup-uninstalled = uninstalled { $moment }
setup-expired = access has expired: open the app in your Shopify admin to renew it
setup-webhooks = Webhooks
setup-no-webhooks = none is registered: open the app in your Shopify admin
setup-webhooks-came = { $count ->
    [one] 1 kind, the last one came { $moment }
   *[other] { $count } kinds, the last one came { $moment }
}
setup-webhooks-waiting = { $count ->
    [one] 1 kind, none has come yet
   *[other] { $count } kinds, none has come yet
}
setup-no-shop = No shop is connected. Open the app from your Shopify admin, or report orders by API.

# Work that was given up. $subject is the id of what it was about.
setup-tasks = Failed tasks
setup-tasks-text = These tasks failed. Their data is kept. Retry them once the cause is fixed.
setup-task-what = What
setup-task-error = What went wrong
setup-retry = Retry
setup-task-delivery = Read webhook { $subject }
setup-task-settle = Credit order { $subject }
setup-task-report = Read the reported purchase { $subject }
setup-task-dispatch = Report events to other systems
setup-task-import = Import the rows of { $subject }
setup-task-mail-signin = Send a sign-in link
setup-task-mail-invitation = Send an invitation
setup-task-mail-answer = Mail a creator an answer
setup-task-mail-question = Mail the owners a question
setup-task-mail-paid = Mail a creator that they were paid
setup-task-mail-payout = Announce a change of payout details
setup-task-mail-disabled = Mail the owners about a disabled connection
setup-task-klaviyo = Send events to Klaviyo
setup-task-merge = Finish merging two creators
setup-task-rollups = Bring the overview’s figures up to date

# What is set up by API or at the command line.
setup-elsewhere = Other systems
setup-klaviyo = Klaviyo
setup-klaviyo-text = { $link } gets what your creators sold, for your flows and segments.
setup-api = The API
setup-api-text = { $link } reports orders from elsewhere and reads everything.
setup-imports = Imports
setup-imports-text = { $link } bring creators, codes and balances from another tool.

# What the script says once steps are done; their names follow.
setup-now-done = Done:
setup-all-done = All steps are done.
setup-keys-owners-only = Only an owner can create and revoke keys.

# Webhook endpoints.
setup-endpoints = Webhooks to your systems
setup-endpoints-text = Events such as new orders, commissions and payouts are sent to these addresses as they happen. { $link }
setup-endpoints-how = What is sent, and how to check its signature
setup-endpoints-owners-only = Only owners manage webhooks.
setup-endpoint-url = URL
setup-endpoint-types = Types
setup-endpoint-types-hint = Names of events with commas between them, such as order.attributed. Empty: all.
setup-endpoint-description = Description
setup-create-endpoint = Add endpoint
setup-no-endpoints = No endpoints
setup-no-endpoints-text = Add the address of your own system, or of an automation tool.
setup-new-secret = The secret that signs what this endpoint is sent. Store it now: it is not shown again.
setup-the-new-secret = the new secret
setup-endpoint-all = All events
setup-endpoint-off = Disabled
setup-endpoint-since = since { $moment }: { $reason }
setup-endpoint-by-hand = by your team
setup-endpoint-gone = it answered that it is gone
setup-endpoint-asked = it asked for it
setup-endpoint-gave-up = nothing arrived for five days
setup-endpoint-fails = Failing
setup-endpoint-fails-since = nothing has arrived since { $moment }
setup-endpoint-disable = Disable
setup-endpoint-enable = Enable
setup-endpoint-test = Send a test
setup-endpoint-remove = Remove
setup-endpoint-remove-text = It gets no more events, and its deliveries are no longer listed.
setup-endpoint-was-enabled = Endpoint enabled. It gets events from now on.
setup-endpoint-was-disabled = Endpoint disabled.
setup-endpoint-was-tested = A test event is on its way.
setup-endpoint-was-removed = Endpoint removed.
setup-endpoints-tester = Open the webhook tester
setup-endpoints-try = No system yet? { $link } and see what is sent.
