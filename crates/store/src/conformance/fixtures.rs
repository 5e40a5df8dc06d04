//! Shared test values.

use std::sync::Arc;

use domain::{
    BrandId, ClickId, CreatorId, Currency, FactsVersion, Identity, LinkId, OrderId, UnixMs,
    attribution::{self, Attribution, AttributionInput, Landing, Visitor},
    brand::{Brand, Settings},
    click::Click,
    creator::{Creator, EarlierTier, PartnerCode},
    event::Event,
    evidence::Strength,
    id::InboxId,
    link::{ContentType, Link, LinkCode, Platform},
    order::{Order, OrderSource},
    policy::{Policies, Policy},
    settlement::Settlement,
    shop::{SealedTokens, ShopDomain},
    time::{DAY_MS, Day, HOUR_MS, Period, Zone},
};

use crate::{
    Store,
    audit::AuditEntry,
    evidence::VisitorSpan,
    inbox::{Delivery, NewDelivery},
    ingest::{NewClick, NewEvent},
    jobs::{Job, Lane, NewJob},
    keyset::Keyset,
    outbound::NewEvents,
    overview::OverviewReads,
    payout_details::NewPayoutDetails,
    shops::Install,
};

pub(super) type AnyStore = Arc<dyn Store>;

pub(super) const NOON: UnixMs = UnixMs(1_800_014_400_000 - 1_800_014_400_000 % DAY_MS + 12 * HOUR_MS);

pub(super) fn today() -> Day {
    Zone::UTC.day_of(NOON)
}

pub(super) fn brand(n: u8) -> Brand {
    Brand {
        id: BrandId::new(1, [n; 10]),
        name: format!("Brand {n}"),
        zone: Zone::try_from("Europe/Berlin".to_owned()).unwrap(),
        currency: Currency::parse("EUR").unwrap(),
        policies: Policies::default(),
        settings: Settings::default(),
        trust_browser_purchases: n.is_multiple_of(2),
        destination_hosts: vec!["shop.example".into()],
        visits_deleted_before: UnixMs(0),
        created_at: NOON,
    }
}

pub(super) fn audit(n: u8) -> AuditEntry {
    AuditEntry { id: format!("aud_{n}"), at: NOON, actor: "test".into(), action: "test.done", subject: n.to_string() }
}

/// The brand's figures of now.
pub(super) async fn reads(store: &AnyStore, brand: &BrandId) -> Box<dyn OverviewReads> {
    store.overview(brand).await.unwrap()
}

/// The whole log of a brand, newest first: time, actor, action, subject.
pub(super) async fn logged(store: &AnyStore, brand: &BrandId) -> Vec<(UnixMs, String, String, String)> {
    let all = Keyset { from: String::new(), below: "b".to_owned(), is_ascending: false, limit: 1_000 };
    let entries = store.audit_log(brand, &all, None).await.unwrap();
    entries.into_iter().map(|entry| (entry.at, entry.actor, entry.action, entry.subject)).collect()
}

pub(super) fn creator(n: u8) -> Creator {
    Creator {
        id: CreatorId::new(1, [n; 10]),
        name: format!("Creator {n}"),
        handle: format!("creator{n}"),
        email_hash: Some(format!("hash{n}")),
        aliases: vec![format!("alias {n}")],
        tier: Some("gold".into()),
        earlier_tiers: vec![EarlierTier { until: NOON, tier: None }],
        partner_code: PartnerCode::draw(&[n; 10]),
        created_at: NOON,
    }
}

pub(super) fn link(n: u8, creator: Option<u8>) -> Link {
    Link {
        id: LinkId::new(1, [n; 10]),
        code: LinkCode::draw(&[n; 8]).unwrap(),
        destination: "https://shop.example/p".into(),
        campaign: None,
        creator: creator.map(|n| self::creator(n).id),
        platform: Some(Platform::Instagram),
        content_type: Some(ContentType::Reel),
        promo_code: Some(format!("PROMO{n}")),
        share_revenue: n.is_multiple_of(2),
        is_direct: false,
        created_at: NOON.plus_ms(i64::from(n)),
        expires_at: None,
        deleted_at: None,
    }
}

pub(super) fn click(n: u8, link: u8, pv_id: &str, at: UnixMs) -> NewClick {
    NewClick {
        day: Zone::UTC.day_of(at),
        click: Click {
            id: ClickId::new(at.0, [n; 10]),
            brand: brand(1).id,
            link: self::link(link, None).id,
            creator: None,
            pv_id: pv_id.into(),
            is_returning: true,
            visitor_hash: format!("hash of {pv_id}"),
            at,
            device: "mobile".into(),
            browser: "Safari".into(),
            os: "iOS".into(),
            country: Some("DE".into()),
            referrer_host: Some("instagram.com".into()),
            bot: None,
        },
    }
}

pub(super) fn event(id: &str, pv_id: &str) -> Event {
    Event {
        id: id.into(),
        brand: brand(1).id,
        event_type: "page_view".into(),
        pv_id: pv_id.into(),
        pv_alias: None,
        occurred_at: NOON,
        received_at: NOON,
        page_url: Some("https://shop.example/p".into()),
        ref_code: None,
        product_id: None,
        order_id: None,
        revenue: None,
        promo_code: None,
        is_new_customer: None,
        event_data: Some(r#"{"a":"ü \" '"}"#.into()),
        is_verified: false,
        is_test: false,
    }
}

pub(super) fn order(external_id: &str, total_minor: i64) -> Order {
    Order {
        id: OrderId::new(NOON.0, [external_id.len().try_into().unwrap(); 10]),
        brand: brand(1).id,
        source: OrderSource::Shopify,
        external_id: external_id.into(),
        name: format!("#{external_id}"),
        placed_at: NOON,
        version: FactsVersion::latest_wins(NOON),
        cancelled_at: None,
        currency: Currency::USD,
        total_minor,
        subtotal_minor: total_minor,
        refunded_minor: 0,
        is_test: false,
        is_new_customer: Some(true),
        cart_pv: Some("pv-cart".into()),
        cart_ref: Some(link(1, None).code),
        landing_ref: None,
        promo_codes: vec!["PROMO1".into()],
        lines: vec![],
        details: domain::order::OrderDetails::default(),
        email_hash: Some("hash9".into()),
        customer_hash: Some("customer".into()),
        redacted_at: None,
    }
}

pub(super) async fn with_brand(store: &AnyStore) -> BrandId {
    store.create_brand(&brand(1)).await.unwrap();
    brand(1).id
}

pub(super) async fn with_links(store: &AnyStore) -> BrandId {
    let id = with_brand(store).await;
    for n in 1..=2 {
        store.create_creator(&id, &creator(n), &audit(150 + n), &NewEvents::default()).await.unwrap();
        store.create_link(&id, &link(n, Some(1)), None, &NewEvents::default()).await.unwrap();
    }
    id
}

/// Gives every settlement a different entry seed.
pub(super) static NEXT_SEED: core::sync::atomic::AtomicU8 = core::sync::atomic::AtomicU8::new(0);

pub(super) fn settlement<'a>(
    order: &'a Order,
    visitors: &'a [Visitor],
    attribution: &'a Attribution,
) -> Settlement<'a> {
    Settlement {
        order,
        visitors,
        attribution,
        owed: &[],
        payable_at: NOON.plus_ms(DAY_MS),
        needs_approval: false,
        is_unproven: false,
        entry_seed: [NEXT_SEED.fetch_add(1, core::sync::atomic::Ordering::SeqCst); 10],
        day: None,
        closed_through: None,
        settlements: 0,
        at: NOON,
    }
}

pub(super) async fn settle_one(store: &AnyStore, settlement: &Settlement<'_>) -> bool {
    let all = core::slice::from_ref(settlement);
    store.settle_orders(&settlement.order.brand, all, &|_, _| NewEvents::default()).await.unwrap() == [true]
}

pub(super) fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(ToString::to_string).collect()
}

pub(super) async fn landings_of(store: &AnyStore, brand: &BrandId, pv_id: &str, until: UnixMs) -> Vec<Landing> {
    store.landings_of(brand, &[vec![VisitorSpan::until(pv_id, until)]]).await.unwrap().remove(0)
}

pub(super) async fn clicks_of(store: &AnyStore, brand: &BrandId, pv_ids: &[&str], until: UnixMs) -> Vec<Click> {
    let spans = pv_ids.iter().map(|pv_id| VisitorSpan::until(*pv_id, until)).collect();
    store.clicks_of(brand, &[spans], 10).await.unwrap().remove(0)
}

pub(super) async fn identities_of(store: &AnyStore, brand: &BrandId, identity: &str) -> Vec<Identity> {
    store.identities_of(brand, &identities(&[identity])).await.unwrap().remove(0)
}

pub(super) async fn settle(store: &AnyStore, brand: &BrandId, external_id: &str) -> Attribution {
    let record = store.order_by_external_id(brand, external_id).await.unwrap().unwrap();
    let (order, settlements) = (record.order, record.settlements);
    let links = store.links(brand).await.unwrap();
    let input = AttributionInput { links, ..AttributionInput::without_evidence(order) };
    let attribution = attribution::decide(&input, &Policy::default());
    let visitors = [Visitor {
        is_alias: false,
        pv_id: "pv-cart".into(),
        source: "cart".into(),
        strength: Strength::Proven,
        is_disputed: false,
    }];
    let settlement = Settlement { settlements, ..settlement(&input.order, &visitors, &attribution) };
    assert!(settle_one(store, &settlement).await);
    assert!(!settle_one(store, &settlement).await, "settled since it was decided");
    attribution
}

pub(super) fn week() -> Period {
    Period::last(7, today())
}

pub(super) fn delivery(n: u8) -> Delivery {
    Delivery {
        id: InboxId::new(NOON.0, [n; 10]),
        source: "shopify".into(),
        delivery_id: "delivery-1".into(),
        topic: "orders/create".into(),
        shop: ShopDomain::parse("demo.myshopify.com").unwrap(),
        triggered_at: Some(NOON),
        received_at: NOON,
        body: b"{\"id\":1}".to_vec(),
        body_sha256: [n; 32],
    }
}

pub(super) fn job(kind: &'static str, key: String, lane: Lane) -> NewJob {
    NewJob { kind, key, lane, party: "party".to_owned(), payload: "{}".to_owned(), run_at: NOON }
}

/// Claims the due jobs of all lanes, the longest due first within each.
pub(super) async fn claim_jobs(store: &AnyStore, now: UnixMs, lease_until: UnixMs) -> Vec<Job> {
    let mut jobs = Vec::new();
    for lane in Lane::ALL {
        jobs.extend(store.claim_jobs(lane, "", now, lease_until, 100).await.unwrap().jobs);
    }
    jobs
}

/// The job that settles an order, as the flow would build it.
pub(super) fn settle_job(external_id: &str) -> NewJob {
    job("settle", external_id.to_owned(), Lane::Settlements)
}

/// The job that numbers events.
pub(super) fn dispatch_job() -> NewJob {
    job("dispatch", "brand".to_owned(), Lane::Outbound)
}

/// The job that removes erased content from the files.
pub(super) fn scrub_job() -> NewJob {
    job("scrub", "all".to_owned(), Lane::Maintenance)
}

/// Parses identities.
pub(super) fn identities(texts: &[&str]) -> Vec<Identity> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

/// An event without a job.
pub(super) fn new_event(event: Event) -> NewEvent {
    NewEvent { event, secret_hash: None, job: None }
}

pub(super) fn install(n: u8, at: UnixMs) -> Install {
    Install {
        domain: ShopDomain::parse("demo.myshopify.com").unwrap(),
        new_brand: brand(n),
        at,
        scopes: "read_orders".into(),
        tokens: tokens(n),
        delivery_job: "delivery",
    }
}

pub(super) fn tokens(n: u8) -> SealedTokens {
    SealedTokens {
        access: vec![n; 4],
        access_expires_at: NOON.plus_ms(i64::from(n)),
        refresh: Some(vec![n, 0]),
        refresh_expires_at: Some(NOON.plus_ms(1000)),
    }
}

/// The job that processes a delivery.
pub(super) fn delivery_job(n: u8) -> NewJob {
    job("delivery", delivery(n).id.to_string(), Lane::Deliveries)
}

/// A delivery with its job.
pub(super) fn new_delivery(n: u8) -> NewDelivery {
    NewDelivery { delivery: delivery(n), job: delivery_job(n) }
}

/// The job that processes the purchases reported for an order.
pub(super) fn report_job(order_id: &str) -> NewJob {
    job("report", order_id.to_owned(), Lane::Reports)
}

/// Sets a creator's PayPal address, as their brand. False if there is no such creator.
pub(super) async fn set_paypal(
    store: &AnyStore,
    brand: &BrandId,
    creator: &CreatorId,
    sealed: &[u8],
    entry: &AuditEntry,
) -> bool {
    let new = NewPayoutDetails { paypal: Some(sealed), ..NewPayoutDetails::default() };
    store.set_payout_details(brand, creator, new, entry, None).await.unwrap()
}
