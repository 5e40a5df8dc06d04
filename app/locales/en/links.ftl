links-title = Links
links-back = ← Links
links-new = New link
links-search = Search links
links-table = Tracking links
links-link = Link
links-creator = Creator
links-all-creators = All creators
links-campaign = Campaign
links-all-campaigns = All campaigns
links-no-campaign = No campaign
links-state = State
links-active = Active
links-archived = Archived
links-expired = Expired
links-clicks = Clicks
links-revenue = Revenue
links-actions = Actions
links-more-actions = More actions
# The column of the small lines.
links-trend-column = { $days } days
links-trend = { $count ->
    [one] 1 click in { $days } days
   *[other] { $count } clicks in { $days } days
}
links-private = Private
links-private-why = Private: the creator does not see this revenue
links-qr = QR code
links-qr-of = QR code of { $address }
links-edit = Edit
links-archive = Archive
links-restore = Restore
links-undo = Undo
links-tick = Tick { $link }
links-no-match = No link matches these filters. { $link }
links-show-active = Show all active links
links-none = No links yet
links-none-text = Give each creator their own link. Clicks appear right away, sales as orders come in.

# What to copy, inside the label of the button.
links-this-link = this link
links-the-new-link = the new link

# What can be done with the ticked links.
links-ticked = With the ticked links:
links-ticked-campaign = Campaign for the ticked links
links-choose-campaign = Choose a campaign
links-set-campaign = Set campaign

# What was done.
links-made = Link created: { $link }
links-were-archived = { $count ->
    [one] 1 link archived. Its history is kept.
   *[other] { $count } links archived. Their history is kept.
}
links-were-restored = Active again.
links-was-saved = Saved.
# $moved links have the campaign now, $kept have not.
links-were-moved = { $kept ->
    [0] { $moved ->
        [one] Campaign set for 1 link.
       *[other] Campaign set for { $moved } links.
    }
    [one] { $moved ->
        [one] Campaign set for 1 link. 1 stays where it is: orders are credited to it.
       *[other] Campaign set for { $moved } links. 1 stays where it is: orders are credited to it.
    }
   *[other] { $moved ->
        [one] Campaign set for 1 link. { $kept } links stay where they are: orders are credited to them.
       *[other] Campaign set for { $moved } links. { $kept } links stay where they are: orders are credited to them.
    }
}

# The page of a link.
links-works-until = Works until
links-placement = Placement
links-promo-code = Promo code
links-created = Created
links-shared = Shared with the creator
links-qr-text = For packages, posters and story stickers. A scan counts as a click.
links-qr-download = Download SVG

# The latest orders that links are credited with.
links-latest-orders = Latest orders
links-credited-orders = Credited orders
links-order = Order
links-placed = Placed
links-credit = Credit
links-no-order = No order yet. Sales appear here as soon as they are credited.
links-latest-only = The latest { $count } orders. { $link }
links-all-orders = All orders

# The forms.
links-destination = Destination URL
links-destination-hint = Type a product’s name to choose its page, or paste any address.
links-unassigned = Unassigned
links-more = More
links-new-creator = or new creator
links-new-creator-example = Jessica Styles
links-new-creator-hint = Adds the creator by this name.
links-campaign-none = None
links-new-campaign = or new campaign
links-new-campaign-example = Spring launch
links-new-campaign-hint = Adds the campaign by this name.
links-platform = Platform
links-not-set = Not set
links-content-type = Content type
links-promo-code-hint = An order with this code counts for this link, even without a click.
links-promo-code-fixed = It stays as it is once orders are credited to the link.
links-expiry = Expiry
links-expiry-hint = The last day on which the link works.
links-share = Share revenue with the creator
links-share-hint = The creator always sees clicks and conversions. If revenue is not shared, they see what this link earned only once a payout that contains it is marked as paid.
links-share-hint-short = The creator always sees clicks and conversions.
links-create = Create link
links-cancel = Cancel
links-save = Save
