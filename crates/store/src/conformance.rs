//! What every adapter must do. [`conformance_suite!`](crate::conformance_suite) turns these into tests of an adapter:
//! each gets a fresh, migrated database.
#![expect(missing_docs, reason = "each function's name is the requirement")]
#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "these are tests")]

use std::sync::Arc;

use domain::{
    BrandId, CampaignId, ClickId, CreatorId, Currency, LinkId, Money, OrderId, UnixMs,
    api_key::{ApiKey, KeyKind, KeyRecord},
    attribution::{self, Attribution, Case},
    brand::Brand,
    campaign::Campaign,
    click::Click,
    creator::Creator,
    event::Event,
    id::InboxId,
    link::{ContentType, Link, LinkCode, Platform},
    order::{Order, OrderSource},
    policy::Policy,
    report::Clicks,
    shop::{SealedTokens, ShopDomain},
    time::{DAY_MS, Day, HOUR_MS, Period, Zone},
};

use crate::{
    Store, StoreError,
    access::Principal,
    audit::AuditEntry,
    inbox::Delivery,
    ingest::{Batch, NewClick},
    orders::{Refund, Settlement},
    shops::{Install, Subscription},
};

/// Makes one test of each requirement. `$open` is an async function that returns `Arc<dyn Store>` on a new database.
#[macro_export]
macro_rules! conformance_suite {
    ($open:path) => {
        $crate::conformance_suite!(@each $open:
            brands_are_kept keys_are_kept_and_revoked_once tenants_do_not_see_each_other
            creators_and_campaigns_are_unique_within_a_brand links_are_found_by_code_and_deleted_softly
            a_link_to_anothers_creator_is_refused link_changes_are_announced clicks_are_counted_once_an_hour
            returning_and_cookieless_visitors_are_told_apart events_are_idempotent_and_note_what_follows
            orders_end_in_the_same_state_whatever_the_order_of_arrival settlements_move_figures_by_the_difference
            refunds_are_stored_once creators_never_get_hidden_revenue order_evidence_is_found
            jobs_are_leased_retried_and_rerun deliveries_are_stored_once installs_reinstalls_and_uninstalls
            token_refresh_is_leased sign_in_links_work_once oauth_states_work_once secrets_are_agreed_on
            exports_page_through_everything redaction_keeps_amounts parallel_appends_lose_nothing
        );
    };
    (@each $open:path: $($name:ident)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            let store = $open().await;
            $crate::conformance::$name(store.clone()).await;
            store.close().await;
        }
    )*};
}

type AnyStore = Arc<dyn Store>;

const NOON: UnixMs = UnixMs(1_800_014_400_000 - 1_800_014_400_000 % DAY_MS + 12 * HOUR_MS);

fn today() -> Day {
    Zone::UTC.day_of(NOON)
}

fn brand(n: u8) -> Brand {
    Brand {
        id: BrandId::new(1, [n; 10]),
        name: format!("Brand {n}"),
        zone: Zone::try_from("Europe/Berlin".to_owned()).unwrap(),
        currency: Currency::parse("EUR").unwrap(),
        policy: Policy::default(),
        trust_browser_purchases: n.is_multiple_of(2),
        destination_hosts: vec!["shop.example".into()],
        created_at: NOON,
    }
}

fn audit(n: u8) -> AuditEntry {
    AuditEntry { id: format!("aud_{n}"), at: NOON, actor: "test".into(), action: "test.done", subject: n.to_string() }
}

fn creator(n: u8) -> Creator {
    Creator {
        id: CreatorId::new(1, [n; 10]),
        name: format!("Creator {n}"),
        handle: format!("creator{n}"),
        email_hash: Some(format!("hash{n}")),
        created_at: NOON,
    }
}

fn link(n: u8, creator: Option<u8>) -> Link {
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
        created_at: NOON.plus_ms(i64::from(n)),
        expires_at: None,
        deleted_at: None,
    }
}

fn click(n: u8, link: u8, pv_id: &str, at: UnixMs) -> NewClick {
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

fn event(id: &str, pv_id: &str) -> Event {
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

fn order(external_id: &str, total_minor: i64) -> Order {
    Order {
        id: OrderId::new(NOON.0, [external_id.len().try_into().unwrap(); 10]),
        brand: brand(1).id,
        source: OrderSource::Shopify,
        external_id: external_id.into(),
        name: format!("#{external_id}"),
        placed_at: NOON,
        updated_at: NOON,
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
        email_hash: Some("hash9".into()),
        customer_hash: Some("customer".into()),
    }
}

async fn with_brand(store: &AnyStore) -> BrandId {
    store.create_brand(&brand(1)).await.unwrap();
    brand(1).id
}

async fn with_links(store: &AnyStore) -> BrandId {
    let id = with_brand(store).await;
    for n in 1..=2 {
        store.create_creator(&id, &creator(n)).await.unwrap();
        store.create_link(&id, &link(n, Some(1))).await.unwrap();
    }
    id
}

async fn settle(store: &AnyStore, brand: &BrandId, external_id: &str) -> Attribution {
    let order = store.order_by_external_id(brand, external_id).await.unwrap().unwrap().order;
    let links = store.links(brand).await.unwrap();
    let case = Case { visitors: vec![], clicks: vec![], landings: vec![], links, buyers: vec![], order };
    let attribution = attribution::decide(&case, &Policy::default());
    store.settle_order(&Settlement { order: &case.order, attribution: &attribution, at: NOON }).await.unwrap();
    attribution
}

fn week() -> Period {
    Period::last(7, today())
}

pub async fn brands_are_kept(store: AnyStore) {
    store.create_brand(&brand(1)).await.unwrap();
    store.create_brand(&brand(2)).await.unwrap();
    assert_eq!(store.brand(&brand(2).id).await.unwrap(), Some(brand(2)));
    assert_eq!(store.brand(&brand(3).id).await.unwrap(), None);
    assert!(matches!(store.create_brand(&brand(1)).await, Err(StoreError::Conflict("brand"))));
    let shop = ShopDomain::parse("demo.myshopify.com").unwrap();
    store.create_brand_with_shop(&brand(4), &shop).await.unwrap();
    assert!(store.shop(&shop).await.unwrap().unwrap().uninstalled_at.is_some());
    assert!(matches!(store.create_brand_with_shop(&brand(5), &shop).await, Err(StoreError::Conflict(_))));
    assert_eq!(store.brand(&brand(5).id).await.unwrap(), None);
    assert_eq!(store.install_shop(&install(6, NOON)).await.unwrap().brand, brand(4).id);
    assert!(!store.engine().await.unwrap().is_empty());
}

pub async fn keys_are_kept_and_revoked_once(store: AnyStore) {
    let brand = with_brand(&store).await;
    let key = ApiKey::new(KeyKind::Server, true, [1; 6], [2; 32]);
    let record = KeyRecord {
        id: key.id.clone(),
        brand: brand.clone(),
        kind: key.kind,
        is_test: key.is_test,
        secret_hash: key.secret_hash(),
        created_at: NOON,
        revoked_at: None,
    };
    store.create_key(&record, &audit(1)).await.unwrap();
    assert_eq!(store.key(&key.id).await.unwrap(), Some(record.clone()));
    assert_eq!(store.keys(&brand).await.unwrap(), vec![record]);
    assert!(store.revoke_key(&brand, &key.id, NOON, &audit(2)).await.unwrap());
    assert!(!store.revoke_key(&brand, &key.id, NOON, &audit(3)).await.unwrap());
    assert_eq!(store.key(&key.id).await.unwrap().unwrap().revoked_at, Some(NOON));
    let log = store.audit_log(&brand, 10).await.unwrap();
    assert_eq!(log.iter().map(|line| line.3.as_str()).collect::<Vec<_>>(), ["2", "1"]);
}

pub async fn tenants_do_not_see_each_other(store: AnyStore) {
    let one = with_links(&store).await;
    store.create_brand(&brand(2)).await.unwrap();
    let other = brand(2).id;
    assert_eq!(store.links(&other).await.unwrap(), vec![]);
    assert_eq!(store.creators(&other).await.unwrap(), vec![]);
    assert_eq!(store.creator(&other, &creator(1).id).await.unwrap(), None);
    assert!(!store.delete_link(&other, &link(1, None).id, NOON, &audit(1)).await.unwrap());
    assert_eq!(store.links_named(&other, &[link(1, None).id.to_string()], &[], &[]).await.unwrap(), vec![]);
    assert_eq!(store.audit_log(&other, 10).await.unwrap(), vec![]);
    assert!(store.links(&one).await.unwrap().iter().all(|link| link.deleted_at.is_none()));
}

pub async fn creators_and_campaigns_are_unique_within_a_brand(store: AnyStore) {
    let brand = with_brand(&store).await;
    store.create_brand(&self::brand(2)).await.unwrap();
    store.create_creator(&brand, &creator(1)).await.unwrap();
    let twin = Creator { id: CreatorId::new(2, [9; 10]), ..creator(1) };
    assert!(matches!(store.create_creator(&brand, &twin).await, Err(StoreError::Conflict(_))));
    store.create_creator(&self::brand(2).id, &twin).await.unwrap();
    let campaign = Campaign { id: CampaignId::new(1, [1; 10]), name: "Spring".into(), created_at: NOON };
    store.create_campaign(&brand, &campaign).await.unwrap();
    let again = Campaign { id: CampaignId::new(1, [2; 10]), ..campaign.clone() };
    assert!(matches!(store.create_campaign(&brand, &again).await, Err(StoreError::Conflict(_))));
    assert_eq!(store.campaigns(&brand).await.unwrap(), vec![campaign]);
    assert_eq!(store.creator(&brand, &creator(1).id).await.unwrap(), Some(creator(1)));
}

pub async fn links_are_found_by_code_and_deleted_softly(store: AnyStore) {
    let brand = with_links(&store).await;
    let one = link(1, Some(1));
    assert_eq!(store.link_by_code(one.code).await.unwrap(), Some((brand.clone(), one.clone())));
    assert_eq!(store.link_by_code(LinkCode::parse("zzzzzzzz").unwrap()).await.unwrap(), None);
    assert_eq!(store.links(&brand).await.unwrap(), vec![link(2, Some(1)), one.clone()]);
    assert!(store.delete_link(&brand, &one.id, NOON, &audit(1)).await.unwrap());
    assert!(!store.delete_link(&brand, &one.id, NOON, &audit(2)).await.unwrap());
    let (_, deleted) = store.link_by_code(one.code).await.unwrap().unwrap();
    assert!(!deleted.is_live(NOON));
    let reuse = Link { id: LinkId::new(1, [7; 10]), ..one };
    assert!(matches!(store.create_link(&brand, &reuse).await, Err(StoreError::Conflict(_))));
}

pub async fn a_link_to_anothers_creator_is_refused(store: AnyStore) {
    with_links(&store).await;
    store.create_brand(&brand(2)).await.unwrap();
    let stolen = Link { id: LinkId::new(1, [8; 10]), code: LinkCode::parse("aaaaaaaa").unwrap(), ..link(1, Some(1)) };
    assert!(matches!(store.create_link(&brand(2).id, &stolen).await, Err(StoreError::Missing(_))));
    assert_eq!(store.links(&brand(2).id).await.unwrap(), vec![]);
}

pub async fn link_changes_are_announced(store: AnyStore) {
    let mut changes = store.link_changes();
    // A listener may still be connecting: links are made until one is heard of.
    let brand = with_brand(&store).await;
    for n in 1..100u8 {
        store.create_link(&brand, &link(n, None)).await.unwrap();
        let heard = tokio::time::timeout(core::time::Duration::from_millis(100), changes.recv()).await;
        if let Ok(code) = heard {
            let codes: Vec<LinkCode> = (1..=n).map(|n| link(n, None).code).collect();
            assert!(codes.contains(&code.unwrap()));
            return;
        }
    }
    panic!("no change was announced");
}

pub async fn clicks_are_counted_once_an_hour(store: AnyStore) {
    let brand = with_links(&store).await;
    let append = async |clicks: Vec<NewClick>| store.append(&Batch { clicks, events: vec![] }).await.unwrap();
    append(vec![click(1, 1, "a", NOON), click(2, 1, "a", NOON.plus_ms(1)), click(3, 2, "a", NOON.plus_ms(2))]).await;
    append(vec![click(4, 1, "a", NOON.plus_ms(HOUR_MS - 1))]).await;
    append(vec![click(5, 1, "a", NOON.plus_ms(HOUR_MS))]).await;
    let mut bot = click(6, 1, "b", NOON);
    bot.click.bot = Some("Googlebot".into());
    append(vec![bot]).await;
    append(vec![click(1, 1, "a", NOON)]).await;
    let traffic = store.traffic(&brand, week()).await.unwrap();
    let by_link: Vec<Clicks> = traffic.clicks_by_link.iter().map(|row| row.clicks).collect();
    assert_eq!(
        by_link,
        [Clicks { clicks: 4, unique_clicks: 2, bot_clicks: 1 }, Clicks { clicks: 1, unique_clicks: 1, bot_clicks: 0 }]
    );
    assert_eq!(traffic.clicks_by_day.len(), 1);
    assert_eq!(traffic.clicks_by_day[0].key, today());
    assert_eq!(traffic.clicks_by_day[0].clicks, Clicks { clicks: 5, unique_clicks: 3, bot_clicks: 1 });
}

pub async fn returning_and_cookieless_visitors_are_told_apart(store: AnyStore) {
    let brand = with_links(&store).await;
    let cookieless = |n: u8, at: i64| {
        let mut new = click(n, 1, &format!("minted {n}"), NOON.plus_ms(at));
        new.click.is_returning = false;
        new.click.visitor_hash = "same address and browser".into();
        new
    };
    for clicks in [vec![cookieless(1, 0)], vec![cookieless(2, 5)]] {
        store.append(&Batch { clicks, events: vec![] }).await.unwrap();
    }
    // Two people behind one address, each with a cookie of their own, are two.
    let mut one = click(3, 1, "x", NOON.plus_ms(10));
    one.click.visitor_hash = "same address and browser".into();
    let mut two = click(4, 1, "y", NOON.plus_ms(11));
    two.click.visitor_hash = "same address and browser".into();
    store.append(&Batch { clicks: vec![one, two], events: vec![] }).await.unwrap();
    let traffic = store.traffic(&brand, week()).await.unwrap();
    assert_eq!(traffic.clicks_by_day[0].clicks, Clicks { clicks: 4, unique_clicks: 3, bot_clicks: 0 });
}

pub async fn events_are_idempotent_and_note_what_follows(store: AnyStore) {
    let brand = with_brand(&store).await;
    let mut landing = event("e1", "pv");
    landing.pv_alias = Some("pv-link".into());
    landing.ref_code = Some("m7xp3k9a".into());
    let mut purchase = event("e2", "pv");
    purchase.event_type = "purchase".into();
    purchase.order_id = Some("42".into());
    purchase.revenue = Some(Money { minor: 4999, currency: Currency::USD });
    purchase.is_new_customer = Some(false);
    let batch = Batch { clicks: vec![], events: vec![landing.clone(), purchase.clone(), purchase.clone()] };
    store.append(&batch).await.unwrap();
    let mut forged = purchase.clone();
    forged.revenue = Some(Money { minor: 1, currency: Currency::USD });
    store.append(&Batch { clicks: vec![], events: vec![forged] }).await.unwrap();
    assert_eq!(store.events_after(&brand, "", 10).await.unwrap(), vec![landing, purchase.clone()]);
    assert_eq!(store.purchase_reports(&brand, &["42".into()]).await.unwrap(), vec![purchase]);
    assert_eq!(store.visitor_aliases(&brand, &["pv".into()]).await.unwrap(), vec![("pv".into(), "pv-link".into())]);
    let landings = store.landings_of(&brand, &["pv".into()]).await.unwrap();
    assert_eq!(landings[0].code.as_str(), "m7xp3k9a");
    let health = store.pixel_health(&brand).await.unwrap();
    assert_eq!(health.last_seen, vec![("page_view".to_owned(), NOON), ("purchase".to_owned(), NOON)]);
    let jobs = store.claim_jobs(NOON, NOON.plus_ms(1000), 10).await.unwrap();
    assert_eq!(jobs.iter().map(|job| job.kind.as_str()).collect::<Vec<_>>(), ["order.report"]);
}

pub async fn orders_end_in_the_same_state_whatever_the_order_of_arrival(store: AnyStore) {
    let brand = with_links(&store).await;
    let placed = order("1001", 5000);
    let edited = Order { total_minor: 4000, updated_at: NOON.plus_ms(10), cart_pv: None, ..placed.clone() };
    let cancelled = Order { cancelled_at: Some(NOON.plus_ms(20)), updated_at: NOON.plus_ms(20), ..edited.clone() };
    let twin = Order { name: "#other".into(), ..edited.clone() };
    let mut ends = Vec::new();
    for (n, arrival) in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1], [1, 3, 0, 2]].into_iter().enumerate() {
        for step in arrival.into_iter().chain(arrival) {
            let mut facts = [&placed, &edited, &cancelled, &twin][step].clone();
            facts.external_id = format!("order {n}");
            facts.id = OrderId::new(1, [u8::try_from(n).unwrap(); 10]);
            store.put_order(&facts, today(), NOON).await.unwrap();
        }
        let mut end = store.order_by_external_id(&brand, &format!("order {n}")).await.unwrap().unwrap().order;
        end.external_id = String::new();
        end.id = placed.id.clone();
        ends.push(end);
    }
    assert!(ends.iter().all(|end| *end == ends[0]), "{ends:#?}");
    assert_eq!(ends[0].cart_pv.as_deref(), Some("pv-cart"));
    assert_eq!(ends[0].cancelled_at, Some(NOON.plus_ms(20)));
    assert!(!store.put_order(&Order { external_id: "order 0".into(), ..placed }, today(), NOON).await.unwrap());
}

pub async fn settlements_move_figures_by_the_difference(store: AnyStore) {
    let brand = with_links(&store).await;
    store.put_order(&order("1001", 5000), today(), NOON).await.unwrap();
    store.put_order(&order("22", 700), today(), NOON).await.unwrap();
    for id in ["1001", "22", "1001"] {
        let attribution = settle(&store, &brand, id).await;
        let found = store.order_by_external_id(&brand, id).await.unwrap().unwrap();
        assert_eq!(found.attribution, Some(attribution));
    }
    let traffic = store.traffic(&brand, week()).await.unwrap();
    assert_eq!(traffic.sales_by_link.len(), 1);
    assert_eq!((traffic.sales_by_link[0].conversions, traffic.sales_by_link[0].revenue_minor), (2, 5700));
    let refund = Refund {
        order_external_id: "1001".into(),
        external_id: "r1".into(),
        amount_minor: 1234,
        currency: Currency::USD,
        at: NOON,
    };
    store.put_refund(&brand, &refund, NOON).await.unwrap();
    settle(&store, &brand, "1001").await;
    let traffic = store.traffic(&brand, week()).await.unwrap();
    assert_eq!((traffic.sales_by_day[0].conversions, traffic.sales_by_day[0].revenue_minor), (2, 4466));
    let cancelled = Order { cancelled_at: Some(NOON), updated_at: NOON.plus_ms(1), ..order("22", 700) };
    store.put_order(&cancelled, today(), NOON).await.unwrap();
    settle(&store, &brand, "22").await;
    let days = store.order_days(&brand, week()).await.unwrap();
    assert_eq!((days[0].conversions, days[0].revenue_minor), (1, 3766));
    let credits = store.credits_after(&brand, ("", 0), 10).await.unwrap();
    assert_eq!(credits.iter().map(|record| record.credit.amount_minor).sum::<i64>(), 3766);
    assert_eq!(store.orders(&brand, NOON.plus_ms(1), 10).await.unwrap().len(), 2);
    assert_eq!(store.orders(&brand, NOON, 10).await.unwrap().len(), 0);
}

pub async fn refunds_are_stored_once(store: AnyStore) {
    let brand = with_links(&store).await;
    let refund = Refund {
        order_external_id: "1001".into(),
        external_id: "r1".into(),
        amount_minor: 100,
        currency: Currency::USD,
        at: NOON,
    };
    assert!(store.put_refund(&brand, &refund, NOON).await.unwrap());
    assert!(!store.put_refund(&brand, &refund, NOON).await.unwrap());
    store.put_order(&order("1001", 5000), today(), NOON).await.unwrap();
    let found = store.order_by_external_id(&brand, "1001").await.unwrap().unwrap().order;
    assert_eq!((found.refunded_minor, found.net_minor()), (100, 4900));
    assert_eq!(store.order(&brand, &found.id).await.unwrap().unwrap().order, found);
}

pub async fn creators_never_get_hidden_revenue(store: AnyStore) {
    let brand = with_links(&store).await;
    // Link 1 is not shared, link 2 is; both are creator 1's.
    store.put_order(&order("1001", 5000), today(), NOON).await.unwrap();
    let shared = Order { cart_ref: Some(link(2, None).code), promo_codes: vec![], ..order("22", 700) };
    store.put_order(&shared, today(), NOON).await.unwrap();
    settle(&store, &brand, "1001").await;
    settle(&store, &brand, "22").await;
    store.append(&Batch { clicks: vec![click(1, 1, "a", NOON)], events: vec![] }).await.unwrap();
    let traffic = store.creator_traffic(&brand, &creator(1).id, week()).await.unwrap();
    let sales: Vec<_> = traffic.sales_by_link.iter().map(|row| (row.conversions, row.revenue_minor)).collect();
    assert_eq!(sales, [(1, 0), (1, 700)]);
    assert_eq!((traffic.sales_by_day[0].conversions, traffic.sales_by_day[0].revenue_minor), (2, 700));
    assert_eq!(traffic.clicks_by_link[0].clicks.clicks, 1);
    let other = store.creator_traffic(&brand, &creator(2).id, week()).await.unwrap();
    assert_eq!(other, domain::report::Traffic::default());
}

pub async fn order_evidence_is_found(store: AnyStore) {
    let brand = with_links(&store).await;
    let clicks = vec![click(1, 1, "a", NOON), click(2, 2, "b", NOON.plus_ms(5)), click(3, 1, "c", NOON)];
    store.append(&Batch { clicks, events: vec![] }).await.unwrap();
    let found = store.clicks_of(&brand, &["a".into(), "b".into()], NOON.plus_ms(9), 10).await.unwrap();
    assert_eq!(found.iter().map(|click| click.pv_id.as_str()).collect::<Vec<_>>(), ["b", "a"]);
    assert_eq!(store.clicks_of(&brand, &["b".into()], NOON, 10).await.unwrap(), vec![]);
    assert_eq!(store.clicks_of(&brand, &[], NOON, 10).await.unwrap(), vec![]);
    let ids = |links: Vec<Link>| links.into_iter().map(|link| link.id).collect::<Vec<_>>();
    let named = store.links_named(&brand, &[link(1, None).id.to_string()], &[], &["PROMO2".into()]).await.unwrap();
    assert_eq!(ids(named), [link(1, None).id, link(2, None).id]);
    let named = store.links_named(&brand, &[], &[link(2, None).code.to_string()], &[]).await.unwrap();
    assert_eq!(ids(named), [link(2, None).id]);
    assert_eq!(store.creators_with_email(&brand, "hash2").await.unwrap(), [creator(2).id]);
}

pub async fn jobs_are_leased_retried_and_rerun(store: AnyStore) {
    store.enqueue("k", "a", "{}", NOON).await.unwrap();
    store.enqueue("k", "a", "{}", NOON.plus_ms(500)).await.unwrap();
    store.enqueue("k", "later", "{}", NOON.plus_ms(500)).await.unwrap();
    let until = NOON.plus_ms(100);
    let claimed = store.claim_jobs(NOON, until, 10).await.unwrap();
    assert_eq!(claimed.len(), 1);
    assert_eq!((claimed[0].key.as_str(), claimed[0].attempts), ("a", 0));
    assert_eq!(store.claim_jobs(NOON, until, 10).await.unwrap(), vec![]);
    let after_crash = store.claim_jobs(until, until.plus_ms(100), 10).await.unwrap();
    assert_eq!(after_crash[0].attempts, 1);
    store.enqueue("k", "a", "{}", NOON).await.unwrap();
    store.finish_job(&after_crash[0]).await.unwrap();
    let again = store.claim_jobs(until, until.plus_ms(100), 10).await.unwrap();
    assert_eq!(again.len(), 1, "queued while running: runs once more");
    store.fail_job(&again[0], "boom", Some(until.plus_ms(50))).await.unwrap();
    assert_eq!(store.claim_jobs(until, until.plus_ms(100), 10).await.unwrap(), vec![]);
    let retried = store.claim_jobs(until.plus_ms(50), until.plus_ms(150), 10).await.unwrap();
    assert_eq!(retried[0].attempts, 1);
    store.fail_job(&retried[0], "boom", None).await.unwrap();
    let backlog = store.backlog().await.unwrap();
    assert_eq!((backlog.waiting, backlog.dead), (1, 1));
    let late = store.claim_jobs(NOON.plus_ms(900), NOON.plus_ms(999), 10).await.unwrap();
    store.finish_job(&late[0]).await.unwrap();
    assert_eq!(store.backlog().await.unwrap().waiting, 0);

    store.enqueue("k", "weekly", "{}", NOON).await.unwrap();
    let weekly = store.claim_jobs(NOON, until, 10).await.unwrap();
    store.enqueue("k", "weekly", "{}", NOON.plus_ms(5000)).await.unwrap();
    store.finish_job(&weekly[0]).await.unwrap();
    assert_eq!(store.claim_jobs(until, NOON.plus_ms(200), 10).await.unwrap(), vec![], "queued itself for later: waits");
    assert_eq!(store.claim_jobs(NOON.plus_ms(5000), NOON.plus_ms(6000), 10).await.unwrap().len(), 1);
}

fn delivery(n: u8) -> Delivery {
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

pub async fn deliveries_are_stored_once(store: AnyStore) {
    store.install_shop(&install(1, NOON)).await.unwrap();
    assert!(store.receive(&delivery(1)).await.unwrap());
    assert!(!store.receive(&delivery(2)).await.unwrap());
    assert_eq!(store.delivery(&delivery(1).id).await.unwrap(), Some(delivery(1)));
    let jobs = store.claim_jobs(NOON, NOON.plus_ms(9), 10).await.unwrap();
    assert_eq!((jobs[0].kind.as_str(), jobs[0].key.as_str()), ("inbox", delivery(1).id.as_str()));
    store.close_delivery(&delivery(1).id, "done", NOON).await.unwrap();
    assert_eq!(store.delivery(&delivery(1).id).await.unwrap(), None);
    assert!(!store.receive(&delivery(3)).await.unwrap(), "a repeat stays a repeat after processing");
    let shop = store.shop(&delivery(1).shop).await.unwrap().unwrap();
    assert_eq!(shop.last_webhook_at, Some(NOON));
}

fn install(n: u8, at: UnixMs) -> Install {
    Install {
        domain: ShopDomain::parse("demo.myshopify.com").unwrap(),
        new_brand: brand(n),
        at,
        scopes: "read_orders".into(),
        tokens: tokens(n),
    }
}

fn tokens(n: u8) -> SealedTokens {
    SealedTokens {
        access: vec![n; 4],
        access_expires_at: NOON.plus_ms(i64::from(n)),
        refresh: Some(vec![n, 0]),
        refresh_expires_at: Some(NOON.plus_ms(1000)),
    }
}

pub async fn installs_reinstalls_and_uninstalls(store: AnyStore) {
    let domain = install(1, NOON).domain;
    let shop = store.install_shop(&install(1, NOON)).await.unwrap();
    assert_eq!((shop.brand.clone(), shop.installed_at), (brand(1).id, NOON));
    let again = store.install_shop(&install(2, NOON.plus_ms(5))).await.unwrap();
    assert_eq!((again.brand, again.installed_at, again.tokens), (brand(1).id, NOON, Some(tokens(2))));
    assert_eq!(store.brand(&brand(2).id).await.unwrap(), None, "a known shop keeps its brand");
    let subscription = Subscription {
        topic: "orders/create".into(),
        remote_id: "gid".into(),
        uri: "https://x".into(),
        created_at: NOON,
    };
    store.put_subscriptions(&domain, core::slice::from_ref(&subscription)).await.unwrap();
    store.put_subscriptions(&domain, core::slice::from_ref(&subscription)).await.unwrap();
    assert_eq!(store.subscriptions(&domain).await.unwrap(), [subscription]);
    assert!(!store.uninstall_shop(&domain, NOON.plus_ms(-1)).await.unwrap(), "older than this installation");
    assert!(store.uninstall_shop(&domain, NOON.plus_ms(9)).await.unwrap());
    assert!(!store.uninstall_shop(&domain, NOON.plus_ms(9)).await.unwrap());
    let gone = store.shop(&domain).await.unwrap().unwrap();
    assert_eq!((gone.uninstalled_at, gone.tokens), (Some(NOON.plus_ms(9)), None));
    assert_eq!(store.subscriptions(&domain).await.unwrap(), []);
    let back = store.install_shop(&install(3, NOON.plus_ms(20))).await.unwrap();
    assert_eq!((back.brand, back.installed_at, back.uninstalled_at), (brand(1).id, NOON.plus_ms(20), None));
    assert!(!store.uninstall_shop(&domain, NOON.plus_ms(9)).await.unwrap(), "late message of the old installation");
    assert_eq!(store.shops_of(&brand(1).id).await.unwrap().len(), 1);
}

pub async fn token_refresh_is_leased(store: AnyStore) {
    let domain = store.install_shop(&install(1, NOON)).await.unwrap().domain;
    assert!(store.lease_token_refresh(&domain, NOON, NOON.plus_ms(100)).await.unwrap());
    assert!(!store.lease_token_refresh(&domain, NOON.plus_ms(50), NOON.plus_ms(150)).await.unwrap());
    store.save_tokens(&domain, &tokens(2)).await.unwrap();
    assert_eq!(store.shop(&domain).await.unwrap().unwrap().tokens, Some(tokens(2)));
    assert!(store.lease_token_refresh(&domain, NOON, NOON.plus_ms(100)).await.unwrap());
    store.require_reauth(&domain).await.unwrap();
    assert!(store.shop(&domain).await.unwrap().unwrap().needs_reauth);
    assert!(!store.install_shop(&install(1, NOON)).await.unwrap().needs_reauth);
}

pub async fn sign_in_links_work_once(store: AnyStore) {
    let brand = with_links(&store).await;
    let who = Principal { brand: brand.clone(), creator: Some(creator(1).id) };
    store.put_login([1; 32], &who, NOON.plus_ms(100), &audit(1)).await.unwrap();
    assert_eq!(store.login([1; 32], NOON).await.unwrap(), Some(who.clone()));
    assert_eq!(store.login([1; 32], NOON.plus_ms(100)).await.unwrap(), None);
    assert_eq!(store.use_login([9; 32], [2; 32], NOON, NOON.plus_ms(500)).await.unwrap(), None);
    let (one, two) = tokio::join!(
        store.use_login([1; 32], [2; 32], NOON, NOON.plus_ms(500)),
        store.use_login([1; 32], [3; 32], NOON, NOON.plus_ms(500))
    );
    assert_eq!([one.unwrap(), two.unwrap()].into_iter().flatten().collect::<Vec<_>>(), [who.clone()]);
    let (one, two) = (store.session([2; 32], NOON).await.unwrap(), store.session([3; 32], NOON).await.unwrap());
    assert_eq!([one.clone(), two].into_iter().flatten().collect::<Vec<_>>(), [who]);
    let session = if one.is_some() { [2; 32] } else { [3; 32] };
    assert_eq!(store.session(session, NOON.plus_ms(500)).await.unwrap(), None);
    store.end_session(session).await.unwrap();
    assert_eq!(store.session(session, NOON).await.unwrap(), None);
}

pub async fn oauth_states_work_once(store: AnyStore) {
    let shop = ShopDomain::parse("demo.myshopify.com").unwrap();
    let other = ShopDomain::parse("other.myshopify.com").unwrap();
    store.put_oauth_state([1; 32], &shop, NOON.plus_ms(100)).await.unwrap();
    store.put_oauth_state([2; 32], &shop, NOON.plus_ms(100)).await.unwrap();
    assert!(!store.use_oauth_state([1; 32], &other, NOON).await.unwrap());
    assert!(store.use_oauth_state([1; 32], &shop, NOON).await.unwrap());
    assert!(!store.use_oauth_state([1; 32], &shop, NOON).await.unwrap());
    assert!(!store.use_oauth_state([2; 32], &shop, NOON.plus_ms(100)).await.unwrap());
}

pub async fn secrets_are_agreed_on(store: AnyStore) {
    assert_eq!(store.secret_or_insert("day:1", b"first", NOON).await.unwrap(), b"first");
    assert_eq!(store.secret_or_insert("day:1", b"second", NOON).await.unwrap(), b"first");
    store.secret_or_insert("other", b"kept", NOON).await.unwrap();
    store.forget_secrets("day:", NOON.plus_ms(1)).await.unwrap();
    assert_eq!(store.secret_or_insert("day:1", b"third", NOON).await.unwrap(), b"third");
    assert_eq!(store.secret_or_insert("other", b"new", NOON).await.unwrap(), b"kept");
}

pub async fn exports_page_through_everything(store: AnyStore) {
    let brand = with_links(&store).await;
    let clicks = (0..5u8).map(|n| click(n, 1, "a", NOON.plus_ms(i64::from(n)))).collect();
    store.append(&Batch { clicks, events: vec![event("e1", "a"), event("e2", "a")] }).await.unwrap();
    let mut after = String::new();
    let mut seen = 0;
    loop {
        let page = store.clicks_after(&brand, &after, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        after = last.click.id.to_string();
        seen += page.len();
    }
    assert_eq!(seen, 5);
    assert_eq!(store.events_after(&brand, "e1", 10).await.unwrap().len(), 1);
    store.put_order(&order("1001", 5000), today(), NOON).await.unwrap();
    settle(&store, &brand, "1001").await;
    let orders = store.orders_after(&brand, "", 10).await.unwrap();
    assert_eq!(orders, [order("1001", 5000)]);
    assert_eq!(store.credits_after(&brand, (orders[0].id.as_str(), 0), 10).await.unwrap(), []);
}

pub async fn redaction_keeps_amounts(store: AnyStore) {
    let domain = store.install_shop(&install(1, NOON)).await.unwrap().domain;
    let brand = brand(1).id;
    for n in 1..=2 {
        store.create_link(&brand, &link(n, None)).await.unwrap();
    }
    store.put_order(&order("1001", 5000), today(), NOON).await.unwrap();
    let other = Order { customer_hash: Some("other".into()), ..order("22", 700) };
    store.put_order(&other, today(), NOON).await.unwrap();
    settle(&store, &brand, "1001").await;
    assert_eq!(store.redact_customer(&brand, &[], Some("customer")).await.unwrap(), 1);
    assert_eq!(store.redact_customer(&brand, &["1001".into()], None).await.unwrap(), 0);
    let found = store.order_by_external_id(&brand, "1001").await.unwrap().unwrap().order;
    assert_eq!((found.email_hash, found.customer_hash, found.cart_pv), (None, None, None));
    store.append(&Batch { clicks: vec![click(1, 1, "a", NOON)], events: vec![event("e1", "a")] }).await.unwrap();
    store.receive(&delivery(1)).await.unwrap();
    assert!(!store.redact_shop(&domain).await.unwrap(), "still installed");
    store.uninstall_shop(&domain, NOON).await.unwrap();
    assert!(store.redact_shop(&domain).await.unwrap());
    assert_eq!(store.events_after(&brand, "", 10).await.unwrap(), vec![]);
    assert_eq!(store.delivery(&delivery(1).id).await.unwrap().unwrap().body, b"");
    let traffic = store.traffic(&brand, week()).await.unwrap();
    assert_eq!(traffic.sales_by_day[0].revenue_minor, 5000);
    assert_eq!(traffic.clicks_by_day[0].clicks.clicks, 1);
}

pub async fn parallel_appends_lose_nothing(store: AnyStore) {
    let brand = with_links(&store).await;
    let mut tasks = Vec::new();
    for writer in 0..8u8 {
        let store = store.clone();
        tasks.push(tokio::spawn(async move {
            for n in 0..10u8 {
                let mut new = click(writer, 1, &format!("{writer} {n}"), NOON.plus_ms(i64::from(n)));
                new.click.id = ClickId::new(NOON.0, [writer, n, 0, 0, 0, 0, 0, 0, 0, 0]);
                store.append(&Batch { clicks: vec![new], events: vec![] }).await.unwrap();
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    let traffic = store.traffic(&brand, week()).await.unwrap();
    assert_eq!(traffic.clicks_by_day[0].clicks, Clicks { clicks: 80, unique_clicks: 80, bot_clicks: 0 });
}
