//! The stages of the flow: each handle groups what happens to one noun.

use core::ops::Deref;

use crate::Flow;

macro_rules! stages {
    ($($(#[$doc:meta])* $handle:ident: $Stage:ident;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy)]
            pub struct $Stage<'a>(&'a Flow);

            impl Deref for $Stage<'_> {
                type Target = Flow;

                fn deref(&self) -> &Flow {
                    self.0
                }
            }
        )*

        impl Flow {
            $(
                $(#[$doc])*
                pub fn $handle(&self) -> $Stage<'_> {
                    $Stage(self)
                }
            )*
        }
    };
}

stages! {
    /// Proofs of who is calling: API keys, session tokens, sessions, sign-in links.
    access: Access;
    /// People who sign in by e-mail: links, invitations, teams and sessions.
    accounts: Accounts;
    /// The unified API.
    api: Api;
    /// What public keys and addresses may send in a minute.
    budgets: Budgets;
    /// A brand's campaigns.
    campaigns: Campaigns;
    /// Clicks on tracking links.
    clicks: Clicks;
    /// Public pages of collabs.
    collab_pages: CollabPages;
    /// Commission rules, the ledger, balances and milestones.
    commissions: Commissions;
    /// A brand's creators.
    creators: Creators;
    /// A brand's customers: who they are, what they did, and forgetting them.
    customers: Customers;
    /// Webhook deliveries from Shopify.
    deliveries: Deliveries;
    /// Events from storefronts and backends.
    events: Events;
    /// Everything stored, page by page.
    exports: Exports;
    /// Imports of other tools' files.
    imports: Imports;
    /// Installing into shops, and their tokens.
    installs: Installs;
    /// Queued jobs.
    jobs: Jobs;
    /// A brand's connection to Klaviyo.
    klaviyo: Klaviyo;
    /// A brand's tracking links.
    links: Links;
    /// Attribution models side by side, and the data-driven ones.
    models: Models;
    /// Orders, their refunds, and their settlement.
    orders: Orders;
    /// Events for other systems.
    outbound: Outbound;
    /// Payout batches.
    payouts: Payouts;
    /// Attribution policies, settings, closed periods, and settling again.
    policies: Policies;
    /// Revenue proofs, and the keys that sign them.
    proofs: Proofs;
    /// What creators ask about their sales.
    questions: Questions;
    /// How long data is kept, and deleting what is older.
    retention: Retentions;
    /// Figures for pages.
    reports: Reports;
    /// Figures that jobs compute from what is stored.
    rollups: Rollups;
    /// Sample data: made-up facts that show what the product does.
    samples: Samples;
    /// Setting up a brand: its keys, and the health of its data sources.
    setup: Setup;
    /// Survey answers, and credit assigned manually.
    surveys: Surveys;
    /// Tiers by rules.
    tiers: Tiers;
    /// Clicks, leads, sales and refunds that trackers and backends report by API.
    tracking: Tracking;
    /// Webhooks to other systems: endpoints, deliveries and the tester.
    webhooks: Webhooks;
}
