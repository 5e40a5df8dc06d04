# Where a collaboration stands.
creators-state-active = Active
creators-state-invited = Invited
creators-state-paused = Paused
creators-state-archived = Archived

# The balance.
creators-balance = Balance
creators-payable = Payable now
creators-held = On hold
creators-in-payout = In an open payout
creators-paid-out = Paid out
creators-no-commissions = No commissions yet.
creators-commissions = Commissions
