# The list of imports, and the form of a new one.
imports-title = Import creators
imports-back = ← Imports
imports-text = Bring your creators from another tool or a spreadsheet: with their discount codes, balances and e-mail addresses. You see what would happen before anything is stored. { $link }
imports-docs = What is read, tool by tool
imports-owners-only = Only owners can import.
imports-file = File
imports-file-hint = CSV or .xlsx, up to 5 MiB and 10,000 rows. The first row names the columns.
imports-source = From
imports-source-detect = Find out from its columns
imports-other-tool = Another tool or a spreadsheet
imports-check = Check the file
imports-history = Imports so far
imports-none = No imports yet
imports-none-text = What you import is listed here, and can be undone.
imports-when = When
imports-by = by { $who }
imports-state = State
imports-rows = Rows
imports-created = New creators
imports-updated = Changed
imports-unchanged = Unchanged
imports-wrong = Wrong rows
imports-runs = Running
imports-done = Done
imports-undone = Undone
imports-failed = Failed

# A file that was checked.
imports-check-title = Check { $file }
imports-nothing = Nothing would change: your creators are as the file says.
imports-import = { $count ->
    [one] Import 1 creator
   *[other] Import { $count } creators
}
imports-check-again = Check again
imports-columns = Columns · { $source }
imports-columns-text = Correct what a column holds if we got it wrong, then check again. Passwords are never read.
imports-column = Column
imports-example = Example
imports-holds = Holds
imports-holds-of = What { $column } holds
imports-no-name = (no name)
imports-not-imported = Not imported
imports-password = Password, not imported
imports-suggestion = May be: { $field }
imports-wrong-note = they are left out
imports-preview = What would happen
imports-first-rows = The first { $shown } of { $total } rows.
imports-row = Row
imports-creator = Creator
imports-outcome = Outcome
imports-changes = Changes
imports-is-created = New
imports-is-updated = Changed
imports-is-unchanged = Unchanged
imports-is-wrong = Wrong

# What a column holds.
imports-field-name = Name
imports-field-first-name = First name
imports-field-last-name = Last name
imports-field-email = E-mail address
imports-field-handle = Handle
imports-field-code = Discount code
imports-field-external-id = Id in the other tool
imports-field-tier = Tier
imports-field-tags = Tags
imports-field-status = Status
imports-field-balance = Balance owed
imports-field-currency = Currency
imports-field-payout-address = PayPal address
imports-field-socials = Social accounts

# An import.
imports-of = Import of { $moment }
imports-was-begun = The import has begun.
imports-was-undone = The import is undone.
imports-begun-by = Started by
imports-last-change = Last change
imports-progress = { $done } of { $total } rows done
imports-progress-label = Rows done
imports-undo = Undo the import
imports-undo-title = Undo
imports-undo-text = Creators that it added are deleted, or archived if anything refers to them. Others become what they were, and balances are booked back.
imports-undo-question = All of the import is undone, or nothing if one of its creators was changed since.
imports-wrong-rows = Wrong rows
imports-error = What is wrong
imports-cells = The row
imports-download = Download the wrong rows as CSV
imports-do-not-import = Do not import
imports-columns-table = Columns of the file
imports-choices-changed = You changed what columns hold. This is what the import would do now.
imports-is-done = The import is done.
