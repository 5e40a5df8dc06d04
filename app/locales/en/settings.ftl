settings-title = Settings
settings-members-only-read = You are a member of the team. Only an owner can change what is on this page.
settings-actions = Actions
settings-creator = Creator

# What was done.
settings-was-policy-saved = Policy saved. Affected orders are being credited again.
settings-was-saved = Saved.
settings-was-retention-saved = Saved. What is older is deleted within a day.
settings-was-closed = Period closed.

# What was set when the brand was created.
settings-brand = Brand
settings-brand-name = Name
settings-time-zone = Time zone
settings-now = now { $moment }
settings-currency = Currency
settings-brand-text = Days begin at midnight in this time zone, and totals are in this currency; orders in other currencies are shown separately.

# The attribution policy.
settings-policy = Attribution policy
settings-policy-text = Says which touches count, and how an order's revenue is shared between them. A change makes a new version: earlier orders keep theirs.
settings-versions = Policy versions
settings-in-force-from = In force from
settings-beginning = The beginning
settings-model = Model
settings-order = Evidence decides in this order
settings-class-manual = credit by hand
settings-class-promo = discount codes
settings-class-visit = links
settings-class-survey = survey answers
settings-then = { $before }, then { $next }
settings-lookback = Lookback
settings-lookback-days = { $days ->
    [one] 1 day
   *[other] { $days } days
}
settings-lookback-hint = Days before an order within which a touch counts.
settings-from = From
settings-from-hint = Now, if empty.
settings-progress = Orders are being credited again: { $done } of { $total }.
settings-progress-label = Orders credited again
settings-preview-button = Preview on the last { $days } days
settings-preview = Preview
settings-preview-no-orders = There were no orders in the last { $days } days.
settings-preview-none = { $orders ->
    [one] The 1 order in the last { $days } days would not be credited differently.
   *[other] None of { $orders } orders in the last { $days } days would be credited differently.
}
settings-preview-some = { $orders ->
    [one] The 1 order in the last { $days } days would be credited differently.
   *[other] { $changed } of { $orders } orders in the last { $days } days would be credited differently.
}
settings-preview-nothing = No creator's credit would change.
settings-credited-now = Credited now
settings-credited-then = With this policy
settings-difference = Difference
settings-save-policy = Save policy

# Commissions and customers.
settings-commissions = Commissions and customers
settings-hold = Hold period
settings-hold-hint = Days after an order before its commission can be paid, so that returns come first.
settings-milestones = Revenue milestones
settings-milestones-hint = Amounts in { $currency }, separated by semicolons.
settings-approve = Approve every commission by hand
settings-approve-hint = After the hold period, each waits for you on Commissions.
settings-trust = Trust customer names that storefront scripts report
settings-trust-hint = Leave this off unless shoppers must sign in: anybody who knows a shopper's e-mail address could report it, and be credited for their orders.
settings-save-commissions = Save commissions

# Where links may lead.
settings-hosts = Where links may lead
settings-hosts-allowed = Allowed hosts
settings-hosts-allowed-hint = Links may lead only to these and their subdomains; anywhere if empty. Links that lead elsewhere stop working at once.
settings-storefronts = Shopify storefronts
settings-storefronts-hint = Your store's own domains. Links to them also carry Shopify's ref parameter.
settings-save-hosts = Save hosts

# Gift cards, and mails to owners.
settings-gift-cards = Gift cards
settings-gift-cards-earn = Buying a gift card earns a commission
settings-gift-cards-earn-hint = Purchases paid with a gift card always earn one.
settings-save-gift-cards = Save gift cards
settings-mails = E-mails to owners
settings-mails-questions = A creator asks a question
settings-mails-questions-hint = To every owner who signs in by e-mail and has not turned them off under Members.
settings-save-mails = Save e-mails
settings-own-mails = E-mails you get
settings-own-mails-hint = At every brand that you own. Settings turns them off for all owners of one brand.
settings-was-mails = Your choice of e-mails is saved.

# Closing a period.
settings-close = Close a period
settings-nothing-closed = No period is closed.
settings-closed-through = All days through { $day } are closed.
settings-close-text = Figures of closed days no longer change. Later refunds and corrections are booked on the day they arrive.
settings-close-question = Close every day up to and including this one? It cannot be undone.
settings-close-for-ever = Close for ever
settings-last-day = Last day

# What is kept and for how long.
settings-retention = What is kept, in days
settings-retention-text = Older visits are deleted daily. Totals, orders, credits and commissions stay. Visits from the lookback and the 30 days before it are always kept, so that an order finds its evidence.
settings-events = Events
settings-clicks = Clicks
settings-landings = Landing page visits
settings-ended-sessions = Ended sessions
settings-delete-older = Delete what is older
settings-delete-older-hint = Needed for fewer days than now. Deleted visits cannot be brought back.
settings-save-retention = Save retention

# Customers who asked for their data.
settings-data-requests = Customers who asked for their data
settings-data-requests-text = When a customer asks Shopify for their data, everything stored about them appears here for 30 days. Hand it to the customer.
settings-nobody-asked = Nobody asked in the last 30 days.
settings-asked = Asked { $requested }, deleted { $deleted }
settings-download = Download

# Taking everything out. $data is one of the kinds below.
settings-export = Export everything
settings-export-text = Each file holds all of its kind, from the beginning. A large one may take minutes. Programs get the same from the { $api }.
settings-export-api = export API
settings-export-files = Files to download
settings-json-lines = JSON lines
settings-as-csv = { $data } as CSV
settings-as-json-lines = { $data } as JSON lines
settings-data-orders = Orders
settings-data-refunds = Refunds
settings-data-conversions = Credits of orders
settings-data-clicks = Clicks
settings-data-links = Links
settings-data-creators = Creators
settings-data-campaigns = Campaigns
settings-data-ledger = Commission ledger
settings-data-payouts = Payouts
settings-data-milestones = Milestones
settings-data-tracked-events = Events of your storefront and systems
settings-data-products = Products
settings-data-collabs = Collabs
settings-data-drops = Drops
settings-data-content = Posts
settings-data-webhooks = Webhooks, without their secrets
settings-data-events = Events for other systems

# Deleting everything.
settings-delete = Delete everything
settings-delete-text = This deletes everything that names a customer, a visitor or a member of the team, and what they wrote. Amounts, credits, creators and the commission ledger stay. Links keep redirecting: archive them first if they should stop. It cannot be undone.
settings-delete-by-shopify = Uninstalling the app in your Shopify admin does the same: two days later Shopify asks us to delete.
settings-delete-owners-only = Only an owner can delete everything.
settings-delete-no-shop = No shop has the app. To have everything deleted, ask whoever runs this server.
settings-delete-single = A single creator or customer is erased on their own page.
settings-shop-domain = Shop’s domain
settings-shop-domain-hint = Type it to confirm.
settings-delete-button = Delete everything …
settings-delete-question = Delete everything of { $shops }? Export first what you want to keep.
settings-delete-now = Delete everything now
settings-deleted = Everything was deleted
settings-deleted-text = Nothing here names a person any more. Your links still redirect. Everybody who signed in by e-mail is signed out.
settings-deleted-next = Now uninstall the app in your Shopify admin. Opening it there again would begin anew.

# Members and sessions.
settings-members = Members and sessions
settings-was-role-changed = Role changed.
settings-was-removed = Removed from the team and signed out.
settings-was-ended = That browser is signed out.
settings-from-admin = You opened the app from your Shopify admin, so you have the rights of an owner. Shopify’s settings decide who else can open it there.
settings-team = Team
settings-team-text = Owners may do everything. Members cannot pay out, change settings or the policy, manage keys, webhooks or Klaviyo, import creators, make sign-in links, erase data, or change the team.
settings-no-members = Nobody signs in by e-mail yet. Invite the first owner below.
settings-person = Person
settings-role = Role
settings-owner = Owner
settings-member = Member
settings-since = In the team since
settings-you = You
settings-make-member = Make member
settings-make-owner = Make owner
settings-leave = Leave
settings-leave-text = You will be signed out here, and need a new invitation to come back.
settings-remove = Remove
settings-remove-text = They are signed out at once, and need a new invitation to come back.
settings-signed-in = Signed in by e-mail or link
settings-team-sessions = Sessions of the team

# Invitations.
settings-invite = Invite somebody
settings-no-creator = None
settings-creator-hint = Only if you invite a creator: whose page they will see.
settings-send-invitation = Send invitation
settings-invitations = Invitations
settings-invited = Invited
settings-invited-as = As
settings-creator-named = Creator { $name }
settings-state = State
settings-valid-until = Valid until
settings-brand-change = Change
settings-brand-title = Brand
settings-brand-zone-hint = Days begin at midnight in this time zone. It can be changed until something is counted, such as a click or an order: later, the figures of earlier days would change too.
settings-brand-currency-hint = The code of the currency that totals show first, such as EUR, and of amounts that are entered or reported without one. Amounts so far keep theirs: nothing is converted.
settings-brand-save = Save brand
settings-recompute-done = All orders are recomputed.
