campaigns-title = Campaigns
campaigns-back = ← Campaigns
campaigns-new = New campaign
campaigns-search = Search campaigns
campaigns-campaign = Campaign
campaigns-state = State
campaigns-all-but-archived = All but archived
campaigns-budget = Budget
campaigns-links = Links
campaigns-clicks = Clicks
campaigns-orders = Orders
campaigns-revenue = Revenue
campaigns-actions = Actions
campaigns-more-actions = More actions
campaigns-edit = Edit
campaigns-archive = Archive
campaigns-restore = Restore
campaigns-undo = Undo
campaigns-save = Save
campaigns-cancel = Cancel
campaigns-create = Create campaign
campaigns-no-match = No campaign is in this state. { $link }
campaigns-show-all = Show all
campaigns-none = No campaigns yet
campaigns-none-text = A campaign groups links, and shows their results beside its budget and dates.
campaigns-creator-count = { $count ->
    [one] 1 creator
   *[other] { $count } creators
}

# Where a campaign stands.
campaigns-running = Running
campaigns-planned = Planned
campaigns-ended = Ended
campaigns-archived = Archived

# Its days.
campaigns-days = { $first } – { $last }
campaigns-from = from { $day }
campaigns-until = until { $day }

# What was done.
campaigns-was-created = Campaign created. Now add links to it.
campaigns-was-saved = Saved.
campaigns-was-restored = Active again.
campaigns-was-archived = Archived. Its links keep working.

# The page of a campaign. $times is a number such as "3.5".
campaigns-budget-times = {" "}· revenue of the shown days is { $times } × the budget
campaigns-runs = Runs
campaigns-created = Created
campaigns-creators = Creators
campaigns-creators-table = Creators of the campaign
campaigns-creator = Creator
campaigns-no-creator = No creator has a link here yet.
campaigns-no-link = No link yet. { $link }, or put links here from the list of links.
campaigns-create-link = Create one

# The form.
campaigns-name = Name
campaigns-name-example = Spring launch
campaigns-budget-hint = In { $currency }. For you only.
campaigns-first-day = First day
campaigns-last-day = Last day
