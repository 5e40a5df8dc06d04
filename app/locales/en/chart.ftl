chart-revenue = Revenue
chart-orders = Orders
chart-clicks = Clicks
chart-conversion = Conversion
chart-day = Day
chart-after-refunds = after refunds
chart-per-click = orders per unique click
# $unique and $bots are counts.
chart-unique = { $bots ->
    [0] { $unique } unique
    [one] { $unique } unique, and 1 by a bot
   *[other] { $unique } unique, and { $bots } by bots
}
chart-clicks-by-day = Clicks by day
chart-clicks-by-day-label = Clicks by day, { $period }. The table below has the same values.
chart-keys = Arrow keys move through the chart.
chart-show-table = Show as table
chart-values = Values of the chart
