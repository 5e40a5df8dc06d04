# Dates, amounts and shares. $day and $year are numbers as they are shown.

format-date = { $day } { $month }
format-full-date = { $day } { $month } { $year }
format-moment = { $date }, { $time }
format-days = { $from } – { $to }
format-percent = { $number }%
# An amount in a currency with a symbol of its own, and in one with a code. $sign is "-" or empty.
format-amount-symbol = { $sign }{ $symbol }{ $number }
format-amount-code = { $sign }{ $number } { $code }
format-amounts = { $first } + { $second }

format-month-1 = Jan
format-month-2 = Feb
format-month-3 = Mar
format-month-4 = Apr
format-month-5 = May
format-month-6 = Jun
format-month-7 = Jul
format-month-8 = Aug
format-month-9 = Sep
format-month-10 = Oct
format-month-11 = Nov
format-month-12 = Dec

format-unassigned = Unassigned

# What became of an order.
format-order-test = Test
format-order-repeat = Counts as the shop's order
format-order-cancelled = Cancelled
format-order-refunded = Refunded
format-order-partly-refunded = Partially refunded
format-order-review = Needs review

# Whether a piece of evidence counts.
format-evidence-counted = Counted
format-evidence-reported = Counted (reported by the order's number, not proven)
format-evidence-claimed = Counted (claimed by a browser, not proven)
format-evidence-refused = Not counted: { $reason }

# The figures of a revenue proof. $revenue is an amount, or several.
format-proof-figures = { $clicks ->
        [one] 1 click
       *[other] { $clicks } clicks
    }, { $orders ->
        [one] 1 order
       *[other] { $orders } orders
    }, { $revenue } net revenue
format-and = { $first } and { $second }
