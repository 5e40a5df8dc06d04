overview-title = Overview
overview-begin = Create your first tracking link
overview-begin-text = Give each creator their own link. Clicks appear here right away, sales as orders come in.
overview-new-link = New link

# The page in one sentence. $when is the period ("in 30 days"), $change is "up 18%".
overview-lead-source = { $count ->
    [one] { $clicks } click came from here { $when }.
   *[other] { $clicks } clicks came from here { $when }.
}
overview-lead-no-sale = { $count ->
    [one] No sale was credited { $when }; links were clicked { $clicks } time.
   *[other] No sale was credited { $when }; links were clicked { $clicks } times.
}
overview-lead = Creators earned you { $revenue } { $when }.
overview-lead-changed = Creators earned you { $revenue } { $when }, { $change }.
overview-lead-of = { $creator } earned you { $revenue } { $when }.
overview-lead-of-changed = { $creator } earned you { $revenue } { $when }, { $change }.
overview-lead-first = { $creator } brought { $share }.

# The period inside a sentence.
overview-when-today = today
overview-when-yesterday = yesterday
overview-when-this-month = this month
overview-when-last-month = last month
overview-when-last-year = in 12 months
overview-when-days = in { $days } days
overview-when-on = on { $day }
overview-when-from-to = from { $from } to { $to }

# How a figure changed. $amount is "18%" or "2.1 points".
overview-up = up { $amount }
overview-down = down { $amount }
overview-points = { $number } points
overview-new = new
overview-unchanged = unchanged

# Figures and their chart.
overview-figures = Figures
overview-commission = Commission earned
overview-no-unique-clicks = No unique clicks yet
overview-by-day = { $metric } by day, { $period }. The table below has the same values.
overview-by-hour = { $metric } by hour, { $period }. The table below has the same values.
overview-hour = Hour
overview-before = Before
overview-hour-note = Orders are shown at the hour they were placed, net of refunds.

# The period and what it is compared with.
overview-single-keys = Single-letter keys
overview-compare-previous = vs previous period
overview-compare-year = vs a year ago
overview-compare-none = No comparison
overview-same-weekdays = { $from } – { $to }, the same weekdays

# What is filtered by.
overview-filters = Filters
overview-remove-filter = Remove filter { $label }: { $value }
overview-creator = Creator
overview-campaign = Campaign
overview-link = Link
overview-without-links = Without links
overview-without-figures = Without figures

# Sources of clicks.
overview-came-from = Came from
overview-country = Country
overview-device = Device
overview-browser = Browser
overview-direct = Direct or app
overview-other-sites = Other sites
overview-other-browser = Other
overview-unknown = Unknown
overview-mobile = Mobile
overview-tablet = Tablet
overview-desktop = Desktop
# The same inside a line of the feed.
overview-inline-mobile = mobile
overview-inline-tablet = tablet
overview-inline-desktop = desktop

overview-one-source = Clicks can be filtered by one source at a time. Orders are not counted by source. { $link }
overview-all-sources = Show all sources
overview-sources = Where clicks come from
overview-unread = { $clicks ->
    [one] One click is not in these figures yet.
   *[other] { $clicks } clicks are not in these figures yet.
}
overview-counted-until = They are counted each minute, last at { $moment }.
overview-only-clicks = Show clicks from { $source } only
overview-more = { $count } more
overview-more-cut = { $clicks ->
    [one] { $count } more, with 1 click together.
   *[other] { $count } more, with { $clicks } clicks together.
}
overview-week = When they click
overview-week-label = Clicks by weekday and hour
overview-week-cell = { $weekday }, { $time } – { $clicks }
overview-monday = Mon
overview-tuesday = Tue
overview-wednesday = Wed
overview-thursday = Thu
overview-friday = Fri
overview-saturday = Sat
overview-sunday = Sun

# Creators, campaigns and links.
overview-top-creators = Top creators
overview-all-creators = All { $count } creators
overview-no-clicks = No creator’s link was clicked in this period.
overview-without-creator = Links without a creator
overview-top = Top campaigns and links
overview-top-switch = Top campaigns or links
overview-campaigns = Campaigns
overview-links = Links
overview-all-campaigns = All campaigns
overview-all-links = All links
overview-nothing = Nothing in this period.
overview-no-campaign = No campaign
overview-direct-link = By code or name, without a link
overview-no-link = No link
overview-clicks = { $count ->
    [one] 1 click
   *[other] { $count } clicks
}
overview-only = Show { $name } only
overview-open = Open { $name }

# What happens now. Where there are no clicks, the first begins with "0 ": a script looks for it.
overview-now = { $clicks ->
    [one] 1 click in 5 min
   *[other] { $clicks } clicks in 5 min
}
overview-now-many = { $clicks }+ clicks in 5 min
overview-live = Live
overview-live-nothing = Clicks and orders appear here as they happen.
overview-live-click = Click:{" "}
overview-live-unassigned = unassigned
overview-live-open = being credited
overview-ago-now = now
overview-ago-minutes = { $count } min
overview-ago-hours = { $count } h
overview-ago-days = { $count } d

# What waits for a person. $shown is the count as it is shown: "100+" if there may be more.
overview-needs = Needs you
overview-needs-questions = { $count ->
    [one] { $shown } question from creators
   *[other] { $shown } questions from creators
}
overview-needs-questions-note = The longest waiting first
overview-needs-payouts = { $count ->
    [one] Payouts due to { $shown } creator
   *[other] Payouts due to { $shown } creators
}
overview-needs-orders = { $count ->
    [one] { $shown } order to approve
   *[other] { $shown } orders to approve
}
overview-needs-orders-note = Commissions wait, or the credit is not proven
overview-needs-answers = { $count ->
    [one] { $shown } survey answer to review
   *[other] { $shown } survey answers to review
}
overview-needs-disputed = { $count ->
    [one] { $shown } order is claimed by several visitors
   *[other] { $shown } orders are claimed by several visitors
}
overview-needs-endpoints = { $count ->
    [one] { $shown } webhook endpoint gets nothing
   *[other] { $shown } webhook endpoints get nothing
}
overview-needs-endpoints-note = Events wait, or are no longer sent
overview-needs-pixel = The pixel has been silent for a day

# From click to order.
overview-funnel = From click to order
overview-funnel-clicks = Unique clicks
overview-funnel-carts = Carts
overview-funnel-checkouts = Checkouts
overview-funnel-step = Of the step before
overview-funnel-note = Visitors who came through a link, each counted once a day.
overview-funnel-no-pixel = Carts and checkouts appear once the pixel reports them.
overview-funnel-others = { $count ->
    [one] One more was credited by a code, a survey answer or by hand.
   *[other] { $count } more were credited by codes, survey answers or by hand.
}

# What credits rest on.
overview-evidence = Evidence
overview-evidence-nothing = Each credited order shows here what it rests on.
overview-evidence-label = What credited orders rest on: { $kinds }
overview-evidence-agree = { $share } of credited orders have two or more kinds that agree.
overview-evidence-conflict = { $count ->
    [one] { $count } order names somebody else too; your policy decided.
   *[other] { $count } orders name somebody else too; your policy decided.
}
overview-evidence-manual = Given by hand
overview-evidence-promo = Discount code
overview-evidence-click = Click
overview-evidence-cart = Cart
overview-evidence-landing = Landing page
overview-evidence-survey = Survey

# Orders that are credited to nobody.
overview-all-credited = { $orders ->
    [one] 1 order in total; it is credited.
   *[other] { $orders } orders in total; all are credited.
}
overview-nobody = { $orders ->
    [one] 1 order in total; { $nobody } unassigned: { $why }
   *[other] { $orders } orders in total; { $nobody } unassigned: { $why }
}
overview-nobody-why = see why
overview-nobody-title = Unassigned orders
overview-nobody-order = Order
overview-nobody-placed = Placed
overview-nobody-revenue = Revenue
overview-nobody-nothing = No such order
overview-nobody-nothing-text = No order in this period is unassigned for this reason.
overview-nobody-cut = The latest { $count } are shown. Choose fewer days to see others.
overview-nobody-back = ← Overview
overview-advice-disputed = Several browsers claim these orders. Open one to see who, and give the credit by hand if you know better.
overview-advice-not-proven = Something points to a creator, and nothing proves it. Open an order to give the credit by hand.
overview-advice-no-link = The shopper named a creator who has no link. Open an order to give the credit by hand.
overview-advice-link-deleted = The discount code belonged to a link that was deleted before the order.
overview-advice-self-referral = The creator is the buyer. Their own purchases earn nothing.
overview-advice-outside-window = The visit was before your lookback window. You can lengthen it in the settings.
overview-advice-after-order = The only visit came after the order was placed.
overview-advice-unknown-code = The order carries a code that none of your links has: it may be mistyped, or of another brand.
overview-advice-bot = The only click was made by a bot or a link preview.
overview-advice-no-evidence = No link, code or answer leads from these orders to a creator.

# Names of countries, for those that most shoppers are from.
overview-country-ae = United Arab Emirates
overview-country-ar = Argentina
overview-country-at = Austria
overview-country-au = Australia
overview-country-be = Belgium
overview-country-bg = Bulgaria
overview-country-br = Brazil
overview-country-ca = Canada
overview-country-ch = Switzerland
overview-country-cl = Chile
overview-country-cn = China
overview-country-co = Colombia
overview-country-cz = Czechia
overview-country-de = Germany
overview-country-dk = Denmark
overview-country-ee = Estonia
overview-country-eg = Egypt
overview-country-es = Spain
overview-country-fi = Finland
overview-country-fr = France
overview-country-gb = United Kingdom
overview-country-gr = Greece
overview-country-hk = Hong Kong
overview-country-hr = Croatia
overview-country-hu = Hungary
overview-country-id = Indonesia
overview-country-ie = Ireland
overview-country-il = Israel
overview-country-in = India
overview-country-it = Italy
overview-country-jp = Japan
overview-country-kr = South Korea
overview-country-lt = Lithuania
overview-country-lu = Luxembourg
overview-country-lv = Latvia
overview-country-mx = Mexico
overview-country-my = Malaysia
overview-country-ng = Nigeria
overview-country-nl = Netherlands
overview-country-no = Norway
overview-country-nz = New Zealand
overview-country-ph = Philippines
overview-country-pl = Poland
overview-country-pt = Portugal
overview-country-ro = Romania
overview-country-se = Sweden
overview-country-sg = Singapore
overview-country-sk = Slovakia
overview-country-th = Thailand
overview-country-tr = Türkiye
overview-country-us = United States
overview-country-za = South Africa

# An example, for a brand without figures.
overview-example = What you will see here: an example
overview-example-text = These figures are made up. Yours appear as soon as the first click arrives.
overview-example-lead = Creators earned you { $revenue } in 30 days. { $creator } brought { $share }.
overview-example-revenue = Revenue
overview-example-more = ▲ { $share } more than the 30 days before
overview-example-orders = Orders
overview-example-clicks = Clicks
overview-example-commission = Commission earned
overview-example-creators = Top creators
overview-example-brought = { $orders ->
    [one] 1 order · { $revenue }
   *[other] { $orders } orders · { $revenue }
}
