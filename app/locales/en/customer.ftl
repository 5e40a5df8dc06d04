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
customer-cut = The latest { $shown } of { $count } page views are shown.
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
