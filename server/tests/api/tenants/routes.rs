//! The table of routes.

use std::collections::BTreeSet;

use server::{http::App, inbox::Inbox, ingest::Ingest, telemetry, worker::Wake};

use crate::test_server::{TestServer, config};

/// Who a route is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Everyone; the answers hold nothing of a brand but what it publishes. `/metrics` is for this machine, where the
    /// test is.
    Public,
    /// Browsers, with a pixel key, and backends.
    Browser,
    /// Server keys.
    Api,
    /// Server keys, and members of the brand's team.
    Listener,
    /// Members of the brand's team.
    Team,
    /// Owners of the brand.
    Owner,
    /// A creator.
    Creator,
    /// Who has signed a message with a secret.
    Signed,
}

/// A route, and what a request for it needs.
#[derive(Debug)]
pub(super) struct Route {
    pub(super) path: &'static str,
    pub(super) reach: Reach,
    /// What its `{id}` is the id of.
    pub(super) of: &'static str,
    /// A body with which a write would be done.
    pub(super) body: &'static str,
    /// Answers besides 200 that a rightful reader may get.
    pub(super) answers: &'static [u16],
}

impl Route {
    /// Its path with this id.
    pub(super) fn with(&self, id: &str) -> String {
        let path = self.path.replace("{file}", if self.path.contains("exports") { "orders.jsonl" } else { "{file}" });
        let Some((before, rest)) = path.split_once('{') else { return path };
        let (_, after) = rest.split_once('}').unwrap();
        let path = format!("{before}{id}{after}");
        // Below another's object: any event.
        path.replace("{event_id}", "evt_01hf7yat00fzzvzzzzzzzzzzzz").replace("{client_id}", id)
    }
}

const fn route(path: &'static str, reach: Reach, of: &'static str, body: &'static str) -> Route {
    Route { path, reach, of, body, answers: &[] }
}

const fn but(route: Route, answers: &'static [u16]) -> Route {
    Route { answers, ..route }
}

/// All routes of the server.
pub(super) const ROUTES: &[Route] = &[
    route("/api/v1/creators", Reach::Api, "", r#"{"name": ""}"#),
    route("/api/v1/creators/bulk", Reach::Api, "", r#"{"rows": []}"#),
    route("/api/v1/creators/external/{external_id}", Reach::Api, "external", r#"{"name": "", "total_minor": -1}"#),
    route("/api/v1/creators/{id}", Reach::Api, "creator", r#"{"metadata": {"taken": "yes"}}"#),
    route("/api/v1/campaigns", Reach::Api, "", r#"{"name": ""}"#),
    route("/api/v1/campaigns/bulk", Reach::Api, "", r#"{"rows": []}"#),
    route("/api/v1/campaigns/external/{external_id}", Reach::Api, "external", r#"{"name": "", "total_minor": -1}"#),
    route("/api/v1/campaigns/{id}", Reach::Api, "campaign", r#"{"metadata": {"taken": "yes"}}"#),
    route("/api/v1/links", Reach::Api, "", r#"{"name": ""}"#),
    route("/api/v1/links/bulk", Reach::Api, "", r#"{"rows": []}"#),
    route("/api/v1/links/external/{external_id}", Reach::Api, "external", r#"{"name": "", "total_minor": -1}"#),
    route("/api/v1/links/{id}", Reach::Api, "link", r#"{"metadata": {"taken": "yes"}}"#),
    route("/api/v1/products", Reach::Api, "", r#"{"name": ""}"#),
    route("/api/v1/products/bulk", Reach::Api, "", r#"{"rows": []}"#),
    route("/api/v1/products/external/{external_id}", Reach::Api, "external", r#"{"name": "", "total_minor": -1}"#),
    route("/api/v1/products/{id}", Reach::Api, "product", r#"{"metadata": {"taken": "yes"}}"#),
    route("/api/v1/collabs", Reach::Api, "", r#"{"name": ""}"#),
    route("/api/v1/collabs/bulk", Reach::Api, "", r#"{"rows": []}"#),
    route("/api/v1/collabs/external/{external_id}", Reach::Api, "external", r#"{"name": "", "total_minor": -1}"#),
    route("/api/v1/collabs/{id}", Reach::Api, "collab", r#"{"metadata": {"taken": "yes"}}"#),
    route("/api/v1/drops", Reach::Api, "", r#"{"name": ""}"#),
    route("/api/v1/drops/bulk", Reach::Api, "", r#"{"rows": []}"#),
    route("/api/v1/drops/external/{external_id}", Reach::Api, "external", r#"{"name": "", "total_minor": -1}"#),
    route("/api/v1/drops/{id}", Reach::Api, "drop", r#"{"metadata": {"taken": "yes"}}"#),
    route("/api/v1/content", Reach::Api, "", r#"{"name": ""}"#),
    route("/api/v1/content/bulk", Reach::Api, "", r#"{"rows": []}"#),
    route("/api/v1/content/external/{external_id}", Reach::Api, "external", r#"{"name": "", "total_minor": -1}"#),
    route("/api/v1/content/{id}", Reach::Api, "content", r#"{"metadata": {"taken": "yes"}}"#),
    route("/api/v1/creators/{id}/erase", Reach::Api, "creator", "{}"),
    route("/api/v1/tier_rules", Reach::Api, "", r#"{"rules": 1}"#),
    route("/api/v1/orders", Reach::Api, "", "{}"),
    route("/api/v1/orders/bulk", Reach::Api, "", r#"{"rows": []}"#),
    route("/api/v1/orders/external/{external_id}", Reach::Api, "external", r#"{"total_minor": -1}"#),
    route("/api/v1/orders/{id}", Reach::Api, "order", r#"{"metadata": {"taken": "yes"}}"#),
    route("/api/v1/orders/{id}/refunds", Reach::Api, "order", r#"{"external_id": "taken", "amount_minor": 1}"#),
    route("/api/v1/orders/{id}/attribution", Reach::Api, "seller_order", "{}"),
    route("/api/v1/conversions", Reach::Api, "", "{}"),
    route("/api/v1/conversions/bulk", Reach::Api, "", r#"{"rows": []}"#),
    route("/api/v1/conversions/{id}", Reach::Api, "conversion", r#"{"metadata": {"taken": "yes"}}"#),
    route("/api/v1/milestones", Reach::Api, "", "{}"),
    route("/api/v1/milestones/{id}", Reach::Api, "milestone", r#"{"metadata": {"taken": "yes"}}"#),
    route("/api/v1/commissions", Reach::Api, "", "{}"),
    route("/api/v1/commissions/bulk", Reach::Api, "", r#"{"rows": []}"#),
    route("/api/v1/commissions/{id}", Reach::Api, "commission", r#"{"amount_minor": 1, "reason": "taken"}"#),
    route("/api/v1/commissions/{id}/approve", Reach::Api, "commission", "{}"),
    route("/api/v1/payouts", Reach::Api, "", r#"{"currency": "none"}"#),
    route("/api/v1/payouts/{id}", Reach::Api, "payout", r#"{"metadata": {"taken": "yes"}}"#),
    route("/api/v1/payouts/{id}/mark_paid", Reach::Api, "payout", "{}"),
    route("/api/v1/payouts/{id}/cancel", Reach::Api, "payout", "{}"),
    route("/api/v1/metrics", Reach::Api, "", "{}"),
    route("/api/v1/clicks", Reach::Api, "", "{}"),
    route("/api/v1/clicks/bulk", Reach::Api, "", r#"{"rows": []}"#),
    route("/api/v1/clicks/{id}", Reach::Api, "click", r#"{"metadata": {"taken": "yes"}}"#),
    route("/api/v1/events", Reach::Api, "", "{}"),
    route("/api/v1/events/{id}", Reach::Api, "event", "{}"),
    route("/api/v1/events/stream", Reach::Listener, "", "{}"),
    route("/api/v1/exports/{file}", Reach::Api, "", "{}"),
    route("/api/v1/webhook_endpoints", Reach::Api, "", "{}"),
    route("/api/v1/webhook_endpoints/{id}", Reach::Api, "endpoint", r#"{"description": "taken"}"#),
    route("/api/v1/webhook_endpoints/external/{external_id}", Reach::Api, "external", r#"{"url": "no"}"#),
    route("/api/v1/webhook_endpoints/{id}/rotate_secret", Reach::Api, "endpoint", "{}"),
    route("/api/v1/webhook_endpoints/{id}/test", Reach::Api, "endpoint", "{}"),
    route(
        "/api/v1/webhook_endpoints/{id}/replay",
        Reach::Api,
        "endpoint",
        r#"{"events": ["evt_01hf7yat00fzzvzzzzzzzzzzzz"]}"#,
    ),
    route("/api/v1/webhook_endpoints/{id}/deliveries", Reach::Api, "endpoint", "{}"),
    but(route("/api/v1/webhook_endpoints/{id}/deliveries/{event_id}", Reach::Api, "endpoint", "{}"), &[404]),
    but(route("/api/v1/webhook_tester", Reach::Api, "", "{}"), &[404]),
    route("/api/v1/webhook_tester/requests", Reach::Api, "", "{}"),
    route("/api/v1/imports", Reach::Api, "", "{}"),
    route("/api/v1/imports/{id}", Reach::Api, "import", r#"{"metadata": {"taken": "yes"}}"#),
    route("/api/v1/imports/{id}/errors.csv", Reach::Api, "import", "{}"),
    route("/api/v1/imports/{id}/undo", Reach::Api, "import", "{}"),
    but(route("/api/v1/integrations/klaviyo", Reach::Api, "", "{}"), &[404]),
    route("/api/v1/integrations/klaviyo/test", Reach::Api, "", "{}"),
    route("/api/v1/keys", Reach::Api, "", r#"{"kind": "none"}"#),
    route("/api/v1/keys/{id}", Reach::Api, "key", "{}"),
    route("/api/v1/keys/{id}/rotate", Reach::Api, "key", "{}"),
    route("/api/v1/customers/{client_id}", Reach::Api, "customer", "{}"),
    route("/api/v1/{public_key}/customers/{client_id}", Reach::Signed, "customer", "{}"),
    but(route("/mcp", Reach::Api, "", "{}"), &[406]),
    route("/api/v1/track", Reach::Browser, "", "{}"),
    route("/api/v1/track/click", Reach::Browser, "", "{}"),
    route("/api/v1/track/lead", Reach::Browser, "", "{}"),
    route("/api/v1/track/sale", Reach::Browser, "", "{}"),
    route("/api/v1/track/refund", Reach::Browser, "", "{}"),
    route("/api/tracking/click", Reach::Browser, "", "{}"),
    route("/api/tracking/lead", Reach::Browser, "", "{}"),
    route("/api/tracking/sale", Reach::Browser, "", "{}"),
    route("/api/tracking/refund", Reach::Browser, "", "{}"),
    route("/identities", Reach::Browser, "", "{}"),
    route("/events", Reach::Browser, "", "{}"),
    route("/api/v1/track/pixel.js", Reach::Public, "", "{}"),
    route("/js/affitor-tracker.js", Reach::Public, "", "{}"),
    route("/webhook-tester/{token}", Reach::Public, "", "{}"),
    route("/.well-known/jwks.json", Reach::Public, "", "{}"),
    route("/api/openapi.json", Reach::Public, "", "{}"),
    route("/healthz", Reach::Public, "", "{}"),
    route("/readyz", Reach::Public, "", "{}"),
    route("/metrics", Reach::Public, "", "{}"),
    route("/docs", Reach::Public, "", "{}"),
    route("/docs/", Reach::Public, "", "{}"),
    route("/docs/{page}", Reach::Public, "", "{}"),
    route("/docs/try", Reach::Public, "", "{}"),
    route("/docs/try/", Reach::Public, "", "{}"),
    route("/docs/try/{file}", Reach::Public, "", "{}"),
    route("/pkg/{*path}", Reach::Public, "", "{}"),
    route("/favicon.ico", Reach::Public, "", "{}"),
    route("/robots.txt", Reach::Public, "", "{}"),
    route("/{code}", Reach::Public, "", "{}"),
    route("/{code}/", Reach::Public, "", "{}"),
    route("/c/{slug}", Reach::Public, "", "{}"),
    route("/auth", Reach::Public, "", "{}"),
    route("/auth/callback", Reach::Public, "", "{}"),
    route("/auth/session-token", Reach::Public, "", "{}"),
    route("/sign-in", Reach::Public, "", "{}"),
    route("/sign-in/{token}", Reach::Public, "", "{}"),
    route("/sign-out", Reach::Public, "", "{}"),
    route("/sign-out/everywhere", Reach::Public, "", "{}"),
    route("/switch", Reach::Public, "", "{}"),
    route("/", Reach::Public, "", "{}"),
    route("/language", Reach::Public, "", "{}"),
    route("/proof/{id}", Reach::Public, "", "{}"),
    route("/brand", Reach::Public, "", "{}"),
    route("/brand/{*path}", Reach::Public, "", "{}"),
    route("/creator/{*path}", Reach::Public, "", "{}"),
    route("/api/webhooks/shopify", Reach::Signed, "", "{}"),
    route("/api/webhooks/fairing", Reach::Signed, "", "{}"),
    route("/brand/attribution", Reach::Team, "", "{}"),
    route("/brand/attribution/live", Reach::Team, "", "{}"),
    but(route("/brand/attribution/nobody", Reach::Team, "", "{}"), &[404]),
    route("/brand/attribution/links", Reach::Team, "", "{}"),
    route("/brand/attribution/creators", Reach::Team, "", "{}"),
    route("/brand/attribution/campaigns", Reach::Team, "", "{}"),
    route("/brand/attribution/orders", Reach::Team, "", "{}"),
    route("/brand/attribution/models", Reach::Team, "", "{}"),
    route("/brand/attribution/commissions", Reach::Team, "", "{}"),
    route("/brand/attribution/commissions/rules", Reach::Team, "", "{}"),
    route("/brand/attribution/payouts", Reach::Team, "", "{}"),
    route("/brand/attribution/survey", Reach::Team, "", "{}"),
    route("/brand/attribution/survey/decided", Reach::Team, "", "{}"),
    route("/brand/attribution/settings", Reach::Team, "", "{}"),
    route("/brand/attribution/settings/brand", Reach::Team, "", "{}"),
    route("/brand/attribution/settings/members", Reach::Team, "", "{}"),
    route("/brand/attribution/settings/audit", Reach::Team, "", "{}"),
    route("/brand/attribution/setup", Reach::Team, "", "{}"),
    route("/brand/attribution/setup/klaviyo", Reach::Team, "", "{}"),
    route("/brand/attribution/setup/webhook-tester", Reach::Owner, "", "{}"),
    route("/brand/attribution/setup/webhooks/{id}", Reach::Owner, "endpoint", "{}"),
    but(route("/brand/attribution/setup/webhooks/{id}/deliveries/{event_id}", Reach::Owner, "endpoint", "{}"), &[404]),
    but(route("/brand/attribution/sample-data", Reach::Team, "", "{}"), &[303]),
    route("/brand/attribution/creators/imports", Reach::Team, "", "{}"),
    route("/brand/attribution/creators/imports/{id}", Reach::Team, "import", "{}"),
    route("/brand/attribution/links/{id}", Reach::Team, "link", "{}"),
    route("/brand/attribution/creators/{id}", Reach::Team, "creator", "{}"),
    route("/brand/attribution/campaigns/{id}", Reach::Team, "campaign", "{}"),
    route("/brand/attribution/orders/{id}", Reach::Team, "order", "{}"),
    route("/brand/attribution/payouts/{id}", Reach::Team, "payout", "{}"),
    route("/brand/attribution/links/{id}/qr", Reach::Team, "link", "{}"),
    route("/brand/attribution/customers/{id}", Reach::Team, "customer_page", "{}"),
    route("/brand/attribution/settings/exports/{file}", Reach::Owner, "", "{}"),
    route("/creator", Reach::Creator, "", "{}"),
    route("/creator/links", Reach::Creator, "", "{}"),
    route("/creator/sales", Reach::Creator, "", "{}"),
    route("/creator/paid", Reach::Creator, "", "{}"),
    route("/creator/proofs", Reach::Creator, "", "{}"),
    route("/creator/sessions", Reach::Creator, "", "{}"),
    route("/creator/links/{id}/qr", Reach::Creator, "link", "{}"),
    route("/creator/paid/{id}", Reach::Creator, "paid_payout", "{}"),
];

/// The paths of the server's router, as it prints them.
pub(super) async fn paths(server: &TestServer) -> BTreeSet<String> {
    let config = config(&server.database, &[]);
    let flow = server.flow().clone();
    let wake = Wake::default();
    let (ingest, _) = Ingest::start(server.store.clone(), config.ingest_queue, wake.clone()).unwrap();
    let (inbox, _) = Inbox::start(server.store.clone(), wake.clone()).unwrap();
    let (_, stopping) = tokio::sync::watch::channel(false);
    let app = App::new(config, flow, ingest, inbox, wake, telemetry::init_metrics().unwrap(), stopping);
    let printed = format!("{:?}", server::http::router(app));
    let paths = printed.split('"').filter(|text| text.starts_with('/')).map(str::to_owned);
    // Its way of keeping the fallback is not.
    paths.filter(|path| !path.contains("__private__")).collect()
}
