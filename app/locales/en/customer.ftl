customer-back = ← Orders
customer-named = Customer { $name }
customer-without-order = Visitor without an order
customer-of = Customer of { $orders }
customer-erase = Erase …
customer-erase-text = This deletes what names this customer: their profile, visits and events. It cannot be undone. Amounts and credits of their orders stay.
customer-erase-submit = Erase this customer

customer-spent = Total spent
customer-orders = Orders
customer-touches = Touchpoints
customer-touches-note = Clicks, codes and other evidence
customer-first-seen = First seen
customer-before = before { $moment }

# Orders.
customer-orders-label = Orders of this customer
customer-order = Order
customer-when = When
customer-net-revenue = Net revenue
customer-credited-to = Credited to
customer-status = Status
customer-no-orders = No orders yet.
customer-being-calculated = Being calculated
customer-unassigned = Unassigned
customer-unassigned-because = Unassigned: { $reason }
customer-credit = { $creator } { $amount }
customer-without-creator = Link without a creator

# What the customer did.
customer-activity = Activity
customer-what = What
customer-where = Where
customer-no-activity = No activity yet.
customer-bought = Bought { $order } for { $amount }
customer-clicked = Clicked { $creator }’s link
# $kind is a kind of evidence.
customer-evidence = { $kind }: { $creator }, in order { $order }
customer-viewed = Viewed a page

# Pages of a shop.
customer-page-home = Home page
customer-page-collection = Collection { $title }
customer-page-cart = Cart
customer-page-search = Search
customer-page-checkout = Checkout

# What is left out.
customer-all-orders = All orders
customer-orders-cut = At most { $count } orders are shown, the latest. { $all }
customer-events-cut = Of events that your systems reported, the latest { $count } are shown.
customer-earlier = Earlier activity
customer-latest = Latest activity
customer-cut = This customer has more than { $max } clicks or page views ({ $views } page views in all). Shown is what happened after { $moment }.
customer-cut-between = Shown is what happened from { $from } to { $to }.
customer-cut-until = Shown is what happened until { $moment }.
