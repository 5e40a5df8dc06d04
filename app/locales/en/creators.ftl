creators-title = Creators
creators-back = ← Creators
creators-new = New creator
creators-import = Import
creators-search = Search creators
creators-creator = Creator
creators-status = Status
creators-tier = Tier
creators-all-tiers = All tiers
creators-tag = Tag
creators-all-tags = All tags
creators-all-but-archived = All but archived
creators-clicks = Clicks
creators-orders = Orders
creators-revenue = Revenue
creators-actions = Actions
creators-more-actions = More actions
creators-invite = Invite
creators-edit = Edit
creators-links = Links
creators-archive = Archive
creators-restore = Restore
creators-undo = Undo
creators-save = Save
creators-cancel = Cancel
creators-add = Add creator
creators-no-match = No creator matches these filters. { $link }
creators-show-all = Show all
creators-none = No creators yet
creators-none-text = Add the people who recommend your products. Each gets their own links, and a page that shows what they earn.

# Where a creator's collaboration stands.
creators-active = Active
creators-invited = Invited
creators-paused = Paused
creators-archived = Archived

# What was done.
creators-was-created = Creator added. Give them a link, and invite them to their own page.
creators-was-saved = Saved.
creators-was-signed-out = Signed out everywhere.
creators-was-restored = Active again.
creators-was-erased = The creator’s personal data was erased.
creators-was-merged = Merged. Everything is this creator’s now.
creators-proof-was-revoked = Revoked. The page of the proof shows no figures any more.
creators-was-answered = Answer assigned. The order is credited again in a moment.
creators-was-archived = Archived. Their links keep working and earning.

# Claims of browsers to be a customer of a name, that were not believed.
creators-claims-of = { $count ->
    [one] In the last 30 days 1 customer name given by this creator’s visitors was ignored: too many came in one hour, or from one visitor.
   *[other] In the last 30 days { $count } customer names given by this creator’s visitors were ignored: too many came in one hour, or from one visitor.
}
creators-claims-of-nobody = { $count ->
    [one] In the last 30 days 1 customer name given by visitors without a creator was ignored: too many came in one hour, or from one visitor.
   *[other] In the last 30 days { $count } customer names given by visitors without a creator were ignored: too many came in one hour, or from one visitor.
}

# The page of a creator.
creators-no-link = No link yet. { $link }
creators-create-link = Create one
creators-erased = This creator’s personal data was erased. Links, credits and the commission ledger stay.
creators-accounts = Accounts
creators-followers = {" "}· { $count ->
    [one] 1 follower
   *[other] { $count } followers
}
creators-handle = Handle
creators-tags = Tags
creators-notes = Notes
creators-promo-code = Promo code
creators-partner-code = Partner code
creators-partner-code-text = For affiliate URLs on your own site that use the tracking API. Clicks go to the creator’s latest active link.
creators-added = Added
creators-signed-link = Send this link to the creator. It works once and expires in 10 minutes: { $link }

# What is copied, inside the label of the button.
creators-the-sign-in-link = the sign-in link
creators-the-partner-code = the partner code

# What the creator has earned.
creators-balance = Balance
creators-payable = Payable now
creators-held = On hold
creators-in-payout = In an open payout
creators-paid-out = Paid out
creators-no-commissions = No commissions yet.
creators-commissions = Commissions

# How they are paid.
creators-payout-details = How they are paid
creators-payout-unknown = Not known yet. Creators who sign in by e-mail enter it on their Paid page.
creators-payout-changed-own = Changed { $moment } by the creator
creators-payout-changed = Changed { $moment } by your team, an import or a merge
creators-payout-changed-lately = Changed in the last 7 days: ask the creator before you pay.
creators-payout-hidden = Owners see where the money goes.

# The form that changes a creator.
creators-profile = Profile
creators-name = Name
creators-name-example = Jessica Styles
creators-handle-example = @jessica_styles
creators-account-example = @handle
creators-email = E-mail
creators-email-hint = Stored only as a hash, to recognise the creator’s own purchases.
creators-email-keep = Leave empty to keep. Stored only as a hash, to recognise their own purchases.
creators-paypal = PayPal address
creators-paypal-keep = Leave empty to keep how they are paid. An address replaces it, and whoever set it gets an e-mail.
creators-aliases = Aliases
creators-aliases-hint = Separated by commas. Survey answers with one of these names are this creator’s.
creators-status-hint = What a creator earns does not depend on it.
creators-tags-hint = Separated by commas.
creators-keep-tier = Keep this tier
creators-keep-tier-hint = Tier rules leave it as it is.
creators-money = Money
creators-promo-code-hint = Their own discount code: it earns for them even without a link.
creators-notes-hint = For you and your team only.

# Their way to their own page.
creators-own-page = Their own page
creators-own-page-text = Creators see their clicks and conversions, and revenue only for links that share it.
creators-may-sign-in = They can sign in with their e-mail address, of which only a hash is stored.
creators-invited-until = Invited on { $invited }. The link works until { $until }
creators-invited-expired = Invited on { $invited }. The link worked until { $until }
creators-send-invitation = Send invitation
creators-invite-other = Invite another address
creators-without-mail = Without mail
creators-sign-in-link-text = A sign-in link that you send yourself works once and expires after 10 minutes.
creators-sign-in-link-owners = Only owners can create a sign-in link to a creator’s page.
creators-create-sign-in-link = Create sign-in link
creators-sign-out = Sign out…
creators-sign-out-text = Their sessions here end in every browser, and links that were not used yet stop working.
creators-sign-out-everywhere = Sign out everywhere

# Survey answers.
creators-answers = Survey answers that may mean them
creators-answer = “{ $answer }”
creators-credit-answer = Credit this creator
creators-more-answers = { $count } more: { $link }
creators-all-answers = Review all answers

# Merging a duplicate.
creators-merge = Merge a duplicate
creators-merge-text = If the same person was added twice: links, orders, commissions and names of the other become this creator’s.
creators-alike = The same name or e-mail address:
creators-compare = Compare
creators-duplicate = Duplicate
creators-choose = Choose a creator
creators-preview = Show what would change
creators-would-change = What would change
creators-merge-nothing = There is nothing to take over.
creators-merge-gets = { $into } gets from { $from } (@{ $handle }):
creators-merge-links = { $count ->
    [one] 1 link
   *[other] { $count } links
}
creators-merge-orders = { $count ->
    [one] 1 credited order
   *[other] { $count } credited orders
}
creators-merge-ledger = { $count ->
    [one] 1 line of the commission ledger
   *[other] { $count } lines of the commission ledger
}
creators-merge-answers = { $count ->
    [one] 1 survey answer
   *[other] { $count } survey answers
}
creators-merge-items = { $count ->
    [one] 1 collab, drop or post
   *[other] { $count } collabs, drops and posts
}
creators-merge-aliases = as aliases: { $names }
creators-merge-code = the discount code { $code }
creators-merge-payout = the payout details
creators-merge-afterwards = Afterwards { $from } no longer exists and is signed out; their affiliate URLs lead to { $into }. Amounts stay as they are; orders that are credited again earn under { $into }’s tier and rules. This cannot be undone.
creators-merge-obstacles = Before they can be merged:
creators-merge-now = Merge now

# Erasing a creator's data.
creators-erase-title = Erase personal data
creators-erase-stays = Links, credits and the commission ledger stay.
creators-erase = Erase…
creators-erase-text = Name, handle, aliases, accounts, notes, email hash, payout details and partner code are erased, and the creator is signed out.
creators-erase-understood = I understand that this cannot be undone
creators-erase-submit = Erase creator
