layout-skip = Skip to content
layout-main = Main
layout-main-bottom = Main, at the bottom
layout-section = Section
layout-language = Language
layout-members = Members and sessions
layout-documentation = Documentation
layout-sign-out = Sign out
layout-proofs = Revenue proofs
layout-other-brands = Other brands
layout-sessions = Brands and sessions

layout-overview = Overview
layout-links = Links
layout-creators = Creators
layout-orders = Orders
layout-campaigns = Campaigns
layout-payouts = Payouts
layout-models = Models
layout-settings = Settings
layout-commissions = Commissions
layout-rules = Rules
layout-setup = Setup
layout-survey = Survey answers
layout-team = Members
layout-audit = Audit log
layout-home = Home
layout-sales = Sales
layout-paid = Paid

layout-sample = Sample data
layout-sample-brand = { $label } Everything here is made up, to show what CreatorScore does.
layout-sample-creator = { $label } This brand, its links and its sales are made up.
layout-sample-clear = Clear sample data
layout-sample-clear-text = This deletes every creator, link, click, order and payout of this brand, and whatever you have added to them. The app stays installed. It cannot be undone.
layout-sample-delete = Delete everything

# Said by script when the network fails.
layout-offline = You seem to be offline. This page could not be loaded.
layout-offline-unsaved = You seem to be offline. Nothing was saved.
layout-unsaved = Leave without saving your changes?
