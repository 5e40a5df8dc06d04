campaigns-title = Campaigns
campaigns-back = ← Campaigns
campaigns-new = New campaign
campaigns-create = Create campaign
campaigns-cancel = Cancel
campaigns-search = Search campaigns
campaigns-none = No campaigns yet
campaigns-none-text = A campaign groups links, and shows their results beside its budget and dates.
campaigns-none-in-state = No campaign is in this state. { $all }
campaigns-show-all = Show all

# What just happened.
campaigns-created-done = Campaign created. Now add links to it.
campaigns-saved-done = Saved.
campaigns-restored-done = Active again.
campaigns-archived-done = Archived. Its links keep working.
campaigns-undo = Undo

# Columns and facts.
campaigns-campaign = Campaign
campaigns-state = State
campaigns-budget = Budget
campaigns-links = Links
campaigns-clicks = Clicks
campaigns-orders = Orders
campaigns-revenue = Revenue
campaigns-actions = Actions
campaigns-creator = Creator
campaigns-creators = Creators
campaigns-runs = Runs
campaigns-created = Created
campaigns-times = revenue of the shown days is { $times } × the budget
campaigns-creators-of = Creators of the campaign
campaigns-no-creator = No creator has a link here yet.
campaigns-creator-count = { $count ->
    [one] 1 creator
   *[other] { $count } creators
}
campaigns-no-link = No link yet. { $create }, or put links here from the list of links.
campaigns-create-link = Create one

# States.
campaigns-state-running = Running
campaigns-state-planned = Planned
campaigns-state-ended = Ended
campaigns-state-archived = Archived
campaigns-all-states = All but archived

# Actions and the form.
campaigns-archive = Archive
campaigns-restore = Restore
campaigns-edit = Edit
campaigns-more = More actions
campaigns-save = Save
campaigns-name = Name
campaigns-name-example = Spring launch
campaigns-budget-hint = In { $currency }. For you only.
campaigns-first-day = First day
campaigns-last-day = Last day
campaigns-from = from { $day }
campaigns-until = until { $day }
