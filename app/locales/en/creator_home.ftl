creator_home-hello = Hello, { $name }
creator_home-your-links = Your links in the last { $days } days
creator_home-all-links = All links
creator_home-recent = Recent sales
creator_home-all-sales = All sales
creator_home-show-table = Show as table

# What was earned.
creator_home-intro = Your links, sales and earnings at { $brand }.
creator_home-earnings = Earnings
creator_home-private = Earnings of links whose revenue your brand keeps private appear here once they are paid.
creator_home-all-private = Your brand keeps the revenue of your links private.
creator_home-none-shown = No earnings of links whose revenue is shared with you yet.
creator_home-nothing-earned = No earnings yet. Share a link: clicks appear at once, earnings as orders come in.
creator_home-earned = { $amount } earned
creator_home-payable = { $amount } payable
creator_home-paid = { $amount } paid
creator_home-held = { $amount } on hold
creator_home-held-until = { $amount } on hold; the first part becomes payable on { $day }
creator_home-no-commissions = No commissions yet.
creator_home-currency = Currency
creator_home-column-held = On hold
creator_home-column-payable = Payable
creator_home-column-paid = Paid
creator_home-milestone-orders = { $orders } orders, reached on { $day }
creator_home-milestone-revenue = { $amount } of shared revenue, reached on { $day }
creator_home-milestones = Milestones

# The chart of earnings.
creator_home-chart = Earnings by day of the sale
creator_home-chart-summary = { $total } from shared links in the last { $days } days
creator_home-chart-bar = { $day }: { $amount }
creator_home-chart-table = Earnings by day
creator_home-day = Day
creator_home-earned-column = Earned

# Links.
creator_home-links = Links
creator_home-clicks = Clicks
creator_home-unique-clicks = Unique clicks
creator_home-orders = Orders
creator_home-revenue = Revenue
creator_home-revenue-note = of links that share it
creator_home-no-links = No links yet
creator_home-no-links-text = Your brand makes your links. They appear here, ready to share.
creator_home-qr = QR code
creator_home-qr-of = QR code of { $address }
creator_home-this-link = this link
creator_home-share = Share
creator_home-share-what = Share { $title }
creator_home-code = Code { $code }
creator_home-archived = This link was archived. Its figures stay.
creator_home-without-link = Without a link
creator_home-without-link-text = Sales by your code, by name in a survey, or credited by the brand.
creator_home-click-count = { $count ->
    [one] 1 click
   *[other] { $count } clicks
}
creator_home-order-count = { $count ->
    [one] 1 order
   *[other] { $count } orders
}
creator_home-link-revenue = { $amount } revenue
creator_home-not-shared = Revenue not shared

# What was paid.
creator_home-paid-title = Paid
creator_home-payouts = Payouts
creator_home-paid-on = Paid on
creator_home-amount = Amount
creator_home-reference = Reference
creator_home-no-payouts = No payouts yet. Your payable balance goes into your brand's next payout.

# Sales.
creator_home-sales = Sales
creator_home-sales-text = Every sale that came through your links, and whether it is credited to you.
creator_home-older = Older sales →
creator_home-newest = ← Newest
creator_home-pages = Pages of sales
creator_home-asked = Your question was sent. The answer will appear beside the sale.
creator_home-no-sales = No sales yet
creator_home-no-sales-text = When someone buys after using your link or code, the sale appears here, with the reason why it counts.
creator_home-of-sales = of { $amount } in sales
creator_home-amount-private = Amount not shared
creator_home-cancelled = Cancelled
creator_home-credited = Credited
creator_home-not-credited = Not credited
creator_home-waiting = Waiting for an answer.
creator_home-you = You
creator_home-ask = Ask about this
creator_home-question = Your question
creator_home-question-hint = Your brand sees it beside the order, and answers here.
creator_home-send = Send question

# Why a sale is credited, or why not.
creator_home-why-manual = Credited to you by the brand.
creator_home-why-promo = Credited to you: your code was used.
creator_home-why-visit = Credited to you: the shopper came through your link.
creator_home-why-survey = Credited to you: the shopper named you in a survey.
creator_home-why-shared = Credited to you in part: others led to this sale too. The brand's model is “{ $model }”.
creator_home-why-other-manual = Not credited to you: the brand decided that it belongs to someone else.
creator_home-why-other-promo = Not credited to you: someone else's discount code was used. This brand ranks a code above { $own }.
creator_home-why-other = Not credited to you: { $by } pointed to someone else. This brand ranks it above { $own }.
creator_home-why-last = Not credited to you: the shopper later came through someone else's link, and the last one counts.
creator_home-why-first = Not credited to you: the shopper first came through someone else's link, and the first one counts.
creator_home-why-model = Not credited to you: the brand's model “{ $model }” gives the credit to others.
creator_home-why-nobody = Not credited to anyone.
creator_home-way-manual = the brand's own decision
creator_home-way-promo = a discount code
creator_home-way-visit = a visit through a link
creator_home-way-survey = an answer in a survey

# Revenue proofs.
creator_home-proofs = Revenue proofs
creator_home-proofs-lead = Show anyone what you sold, without a screenshot: a signed page that they can verify.
creator_home-proof-issued = Your proof is ready. Share its address.
creator_home-proof-withdrawn = Withdrawn. Its page shows no figures any more.
creator_home-proofs-no-links = Once you have links whose revenue your brand shares with you, you can prove what you sold.
creator_home-proofs-private = Your brand keeps the revenue of all your links private. Ask it to share one: then you can prove what you sold.
creator_home-new-proof = New proof
creator_home-new-proof-text = It states the clicks, orders and revenue of your shared links in a period. Private links are left out.
creator_home-first-day = First day
creator_home-last-day = Last day
creator_home-last-day-hint = Yesterday or earlier: today's figures are not final.
creator_home-create-proof = Create proof
creator_home-state-valid = Valid
creator_home-state-superseded = Superseded
creator_home-state-withdrawn-by-brand = Withdrawn by the brand
creator_home-state-withdrawn = Withdrawn
creator_home-proof-changed = The figures have changed since, for example by refunds. Today: { $figures }.
creator_home-renew = Create a proof with today's figures
creator_home-withdraw-text = Its page will show no figures any more. Files that others have downloaded stay readable.
creator_home-withdraw = Withdraw
creator_home-withdraw-proof = Withdraw proof
creator_home-open = Open
creator_home-proof-address = the address of this proof
creator_home-proof-title = Revenue proof
creator_home-share-proof = Share this proof
creator_home-proofs-standing = { $count ->
    [0] Show anyone what you sold: a signed page that they can verify.
    [one] You have one proof that others can verify.
   *[other] You have { $count } proofs that others can verify.
}
creator_home-proofs-superseded = The figures of some proofs have changed since. Look at them and renew them.
creator_home-details-saved = Saved: your next payout goes there.

# What a payout is made of.
creator_home-payout = Payout
creator_home-payout-back = ← Paid
creator_home-payout-on = Paid on { $day }
creator_home-payout-reference = {" "}· reference { $reference }
creator_home-payout-lines-title = What it is made of
creator_home-payout-lines = Lines of this payout
creator_home-payout-what = What
creator_home-payout-day = On
creator_home-payout-sale = Sale
creator_home-payout-sale-reversed = Sale that was refunded or credited anew
creator_home-payout-sale-changed = Sale, changed by your brand
creator_home-payout-adjustment = Adjustment by your brand
creator_home-payout-unshared = Sales whose revenue your brand keeps private, together

# How the creator is paid.
creator_home-details = How you are paid
creator_home-details-unknown = { $brand } does not know yet where to send your payouts.
creator_home-details-changed = changed { $moment }
creator_home-details-in-note = as described in your note
creator_home-details-by-link = To change this, sign in with your e-mail address: a link from your brand does not show who you are. Ask your brand for an invitation if you have none.
creator_home-details-change = Change
creator_home-details-first = Say where
creator_home-details-method = Method
creator_home-details-method-hint = Fill in the fields of this method only.
creator_home-details-email = E-mail
creator_home-details-email-hint = Of your PayPal or Wise account.
creator_home-details-holder = Account holder
creator_home-details-account = IBAN or account number
creator_home-details-for-bank = For a bank transfer.
creator_home-details-routing = Routing number
creator_home-details-routing-hint = Or sort code, or BSB number: for an account without an IBAN.
creator_home-details-note = Note
creator_home-details-note-hint = For another way: what your brand needs to know.
creator_home-details-privacy = Kept encrypted, and shown to the owners of this brand only. Whoever set it before gets an e-mail.
creator_home-details-save = Save
creator_home-state = State
creator_home-every-state = Every state
creator_home-link = Link
creator_home-placed = Placed
creator_home-reason = Why
creator_home-earned-amount = Earned
creator_home-no-such-sale = No sale matches these filters.
creator_home-none-among-these = None of the sales searched so far matches. Older sales have not been searched yet.
