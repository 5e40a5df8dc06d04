//! What every adapter must do. [`conformance_suite!`](crate::conformance_suite) turns these into tests of an adapter:
//! each gets a fresh, migrated database.
#![expect(missing_docs, reason = "each function's name is the requirement")]
#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "these are tests")]

use std::sync::Arc;

use domain::{
    AnswerId, BrandId, CampaignId, ClickId, CreatorId, Currency, CustomerId, EntryId, LinkId, Money, OrderId, PayoutId,
    RuleId, UnixMs,
    api_key::{ApiKey, KeyKind, KeyRecord},
    attribution::{self, Attribution, Case, Landing, Visitor},
    brand::{Brand, Settings},
    campaign::Campaign,
    click::Click,
    commission::{EntryKind, Owed, Rate, Rule, Scope},
    creator::{Creator, EarlierTier, PartnerCode},
    event::Event,
    id::InboxId,
    link::{ContentType, Link, LinkCode, Platform},
    model::Model,
    order::{Order, OrderSource},
    policy::{Policies, Policy},
    report::Clicks,
    shop::{SealedTokens, ShopDomain},
    time::{DAY_MS, Day, HOUR_MS, Period, Zone},
};

use crate::{
    Store, StoreError,
    access::Principal,
    audit::AuditEntry,
    commissions::{Balance, Entry, Payout, PayoutState},
    customers::{Join, NewSale, TestRecord},
    evidence::Sought,
    inbox::Delivery,
    ingest::{Batch, NewClick},
    orders::{Recompute, Refund},
    profiles::{CustomerEvent, PageView, Profile},
    settlements::Settlement,
    shops::{Install, Subscription},
    surveys::{Answer, AnswerState, ManualCredit},
};

/// Makes one test of each requirement. `$open` is an async function that returns `Arc<dyn Store>` on a new database.
#[macro_export]
macro_rules! conformance_suite {
    ($open:path) => {
        $crate::conformance_suite!(@each $open:
            brands_are_kept keys_are_kept_and_revoked_once tenants_do_not_see_each_other
            creators_and_campaigns_are_unique_within_a_brand links_are_found_by_code_and_deleted_softly
            a_link_to_anothers_creator_is_refused a_creators_latest_link_is_found link_changes_are_announced clicks_are_counted_once_an_hour
            returning_and_cookieless_visitors_are_told_apart events_are_idempotent_and_note_what_follows
            orders_end_in_the_same_state_whatever_the_order_of_arrival settlements_move_figures_by_the_difference
            refunds_are_stored_once creators_never_get_hidden_revenue order_evidence_is_found
            jobs_are_leased_retried_and_rerun deliveries_are_stored_once installs_reinstalls_and_uninstalls
            token_refresh_is_leased parallel_deliveries_merge every_landing_is_kept sign_in_links_work_once oauth_states_work_once secrets_are_agreed_on
            terms_are_saved_only_over_what_was_read creators_are_updated journeys_are_stored_with_every_model
            the_ledger_moves_by_the_difference what_is_taken_back_goes_with_what_was_given closed_days_never_change rules_end_once
            adjustments_and_approvals_happen_once payouts_take_what_is_payable_and_give_it_back
            milestones_are_reached_once answers_and_credit_by_hand_settle_the_order_again
            identities_join_and_orders_follow evidence_of_many_orders_stays_apart
            many_orders_are_settled_together profiles_and_events_go_with_their_customer sales_are_stored_once_with_their_orders
            journeys_are_read_whole_and_runs_are_versioned recomputes_go_on_where_they_were exports_page_through_everything redaction_keeps_amounts parallel_appends_lose_nothing
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
        policies: Policies::default(),
        settings: Settings::default(),
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
        aliases: vec![format!("alias {n}")],
        tier: Some("gold".into()),
        earlier_tiers: vec![EarlierTier { until: NOON, tier: None }],
        partner_code: PartnerCode::draw(&[n; 10]),
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
        lines: vec![],
        email_hash: Some("hash9".into()),
        customer_hash: Some("customer".into()),
        redacted_at: None,
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

/// Tells the settlements of one test apart.
static NTH: core::sync::atomic::AtomicU8 = core::sync::atomic::AtomicU8::new(0);

fn settlement<'a>(order: &'a Order, visitors: &'a [Visitor], attribution: &'a Attribution) -> Settlement<'a> {
    Settlement {
        order,
        visitors,
        attribution,
        owed: &[],
        payable_at: NOON.plus_ms(DAY_MS),
        needs_approval: false,
        entry_seed: [NTH.fetch_add(1, core::sync::atomic::Ordering::SeqCst); 10],
        day: None,
        closed_through: None,
        settlements: 0,
        at: NOON,
    }
}

async fn settle_one(store: &AnyStore, settlement: &Settlement<'_>) -> bool {
    let all = core::slice::from_ref(settlement);
    store.settle_orders(&settlement.order.brand, all).await.unwrap() == [true]
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(ToString::to_string).collect()
}

async fn landings_of(store: &AnyStore, brand: &BrandId, pv_id: &str, until: UnixMs) -> Vec<Landing> {
    let names = texts(&[pv_id]);
    store.landings_of(brand, &[Sought { names: &names, until }]).await.unwrap().remove(0)
}

async fn clicks_of(store: &AnyStore, brand: &BrandId, pv_ids: &[&str], until: UnixMs) -> Vec<Click> {
    let names = texts(pv_ids);
    store.clicks_of(brand, &[Sought { names: &names, until }], 10).await.unwrap().remove(0)
}

async fn identities_of(store: &AnyStore, brand: &BrandId, identity: &str) -> Vec<String> {
    store.identities_of(brand, &texts(&[identity])).await.unwrap().remove(0)
}

async fn settle(store: &AnyStore, brand: &BrandId, external_id: &str) -> Attribution {
    let record = store.order_by_external_id(brand, external_id).await.unwrap().unwrap();
    let (order, settlements) = (record.order, record.settlements);
    let links = store.links(brand).await.unwrap();
    let case = Case { links, ..Case::without_evidence(order) };
    let attribution = attribution::decide(&case, &Policy::default());
    let visitors = [Visitor { pv_id: "pv-cart".into(), source: "cart".into() }];
    let settlement = Settlement { settlements, ..settlement(&case.order, &visitors, &attribution) };
    assert!(settle_one(store, &settlement).await);
    assert!(!settle_one(store, &settlement).await, "settled meanwhile");
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
    let twin = Creator { id: CreatorId::new(2, [9; 10]), partner_code: None, ..creator(1) };
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

pub async fn a_creators_latest_link_is_found(store: AnyStore) {
    let brand = with_links(&store).await;
    let latest = async |at| store.latest_link_of(&brand, &creator(1).id, at).await.unwrap().map(|link| link.id);
    let ids = [1, 2].map(|n| link(n, Some(1)).id);
    assert_eq!(latest(NOON).await, ids.iter().max().cloned());
    store.delete_link(&brand, ids.iter().max().unwrap(), NOON, &audit(1)).await.unwrap();
    assert_eq!(latest(NOON.plus_ms(1)).await, ids.iter().min().cloned());
    assert_eq!(store.latest_link_of(&brand, &creator(2).id, NOON).await.unwrap(), None);
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
    assert_eq!(store.purchase_reports(&brand, &["42".into()], NOON.plus_ms(1000)).await.unwrap(), vec![purchase]);
    assert_eq!(store.visitor_aliases(&brand, &["pv".into()]).await.unwrap(), vec![("pv".into(), "pv-link".into())]);
    let landings = landings_of(&store, &brand, "pv", NOON.plus_ms(1000)).await;
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
        subtotal_minor: Some(50),
        lines: vec![("line".into(), 50)],
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
    assert_eq!(store.orders(&brand, (NOON.plus_ms(1), ""), 10).await.unwrap().len(), 2);
    assert_eq!(store.orders(&brand, (NOON, ""), 10).await.unwrap().len(), 0);

    let euro = Currency::parse("EUR").unwrap();
    let corrected = Order { currency: euro, updated_at: NOON.plus_ms(5), ..order("1001", 5000) };
    let stale = store.order_by_external_id(&brand, "1001").await.unwrap().unwrap();
    store.put_order(&corrected, today(), NOON).await.unwrap();
    let attribution = stale.attribution.unwrap();
    let settlement = settlement(&stale.order, &[], &attribution);
    assert!(!settle_one(&store, &settlement).await, "decided on facts that have changed");
    settle(&store, &brand, "1001").await;
    let days = store.order_days(&brand, week()).await.unwrap();
    let sums: Vec<_> = days.iter().map(|row| (row.currency, row.conversions, row.revenue_minor)).collect();
    assert_eq!(sums.iter().find(|sum| sum.0 == euro), Some(&(euro, 1, 5000)));
    assert!(sums.iter().all(|sum| sum.0 == euro || (sum.1, sum.2) == (0, 0)), "{sums:?}");
}

pub async fn parallel_deliveries_merge(store: AnyStore) {
    let brand = with_links(&store).await;
    for round in 0..10 {
        let tasks: Vec<_> = (0..6)
            .map(|n| {
                let store = store.clone();
                let external_id = format!("parallel {round}");
                tokio::spawn(async move {
                    let id = OrderId::new(round, [u8::try_from(n).unwrap(); 10]);
                    let facts = Order { id, total_minor: n, updated_at: NOON.plus_ms(n), ..order(&external_id, 0) };
                    store.put_order(&facts, today(), NOON).await.unwrap();
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        let found = store.order_by_external_id(&brand, &format!("parallel {round}")).await.unwrap().unwrap();
        assert_eq!(found.order.total_minor, 5);
    }
    let installs: Vec<_> = (1..=4)
        .map(|n| {
            let store = store.clone();
            tokio::spawn(async move { store.install_shop(&install(10 + n, NOON)).await.unwrap().brand })
        })
        .collect();
    let mut brands = std::collections::BTreeSet::new();
    for installed in installs {
        brands.insert(installed.await.unwrap().to_string());
    }
    assert_eq!(brands.len(), 1, "one shop is one brand");
}

pub async fn every_landing_is_kept(store: AnyStore) {
    let brand = with_links(&store).await;
    let code = link(1, None).code;
    let land = |id: &str, at: UnixMs| Event { occurred_at: at, ref_code: Some(code.to_string()), ..event(id, "a") };
    let events = vec![land("e1", NOON), land("e2", NOON.plus_ms(50))];
    store.append(&Batch { clicks: vec![], events }).await.unwrap();
    let found = landings_of(&store, &brand, "a", NOON.plus_ms(10)).await;
    assert_eq!(found, [Landing { pv_id: "a".into(), code, at: NOON }]);
    assert_eq!(landings_of(&store, &brand, "a", NOON.plus_ms(50)).await.len(), 2);
}

pub async fn refunds_are_stored_once(store: AnyStore) {
    let brand = with_links(&store).await;
    let refund = Refund {
        order_external_id: "1001".into(),
        external_id: "r1".into(),
        amount_minor: 100,
        currency: Currency::USD,
        at: NOON,
        subtotal_minor: Some(50),
        lines: vec![("line".into(), 50)],
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
    // Link 1 is not shared, link 2 is; both are creator 1's. Not even the hidden link's currency is told.
    let hidden = Order { currency: Currency::parse("EUR").unwrap(), ..order("1001", 5000) };
    store.put_order(&hidden, today(), NOON).await.unwrap();
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
    let found = clicks_of(&store, &brand, &["a", "b"], NOON.plus_ms(9)).await;
    assert_eq!(found.iter().map(|click| click.pv_id.as_str()).collect::<Vec<_>>(), ["b", "a"]);
    assert_eq!(clicks_of(&store, &brand, &["b"], NOON).await, vec![]);
    assert_eq!(clicks_of(&store, &brand, &[], NOON).await, vec![]);
    let ids = |links: Vec<Link>| links.into_iter().map(|link| link.id).collect::<Vec<_>>();
    let named = store.links_named(&brand, &[link(1, None).id.to_string()], &[], &["PROMO2".into()]).await.unwrap();
    assert_eq!(ids(named), [link(1, None).id, link(2, None).id]);
    let named = store.links_named(&brand, &[], &[link(2, None).code.to_string()], &[]).await.unwrap();
    assert_eq!(ids(named), [link(2, None).id]);
    assert_eq!(
        store.creators_with_email(&brand, &texts(&["hash2", "hash9"])).await.unwrap(),
        [("hash2".to_owned(), creator(2).id)]
    );
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
    store.finish_jobs(&[&claimed[0]]).await.unwrap();
    assert_eq!(store.claim_jobs(until, until, 10).await.unwrap(), vec![], "a late claimer frees nobody's lease");
    store.finish_jobs(&[&after_crash[0]]).await.unwrap();
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
    store.finish_jobs(&[&late[0]]).await.unwrap();
    assert_eq!(store.backlog().await.unwrap().waiting, 0);

    store.enqueue("k", "weekly", "{}", NOON).await.unwrap();
    let weekly = store.claim_jobs(NOON, until, 10).await.unwrap();
    store.enqueue("k", "weekly", "{}", NOON.plus_ms(5000)).await.unwrap();
    store.finish_jobs(&[&weekly[0]]).await.unwrap();
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
    assert_eq!((again.brand, again.installed_at, again.tokens), (brand(1).id, NOON.plus_ms(5), Some(tokens(2))));
    assert!(!store.uninstall_shop(&domain, NOON.plus_ms(4)).await.unwrap(), "older than the new tokens");
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
    assert_eq!([one.unwrap(), two.unwrap()].into_iter().flatten().collect::<Vec<_>>(), core::slice::from_ref(&who));
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
    let theirs = Batch {
        clicks: vec![click(7, 1, "pv-cart", NOON), click(8, 1, "pv-theirs", NOON)],
        events: vec![event("theirs", "pv-cart"), event("theirs too", "pv-theirs")],
    };
    store.append(&theirs).await.unwrap();
    assert_eq!(store.redact_customer(&brand, &[], &["customer".into()], &["pv-theirs".into()], NOON).await.unwrap(), 1);
    assert_eq!(store.redact_customer(&brand, &["1001".into()], &[], &[], NOON).await.unwrap(), 0);
    let found = store.order_by_external_id(&brand, "1001").await.unwrap().unwrap();
    assert_eq!((&found.order.email_hash, &found.order.customer_hash, &found.order.cart_pv), (&None, &None, &None));
    assert_eq!((found.visitors, found.order.redacted_at), (vec![], Some(NOON)));
    assert!(found.attribution.is_some(), "the outcome stays");
    assert_eq!(store.events_after(&brand, "", 10).await.unwrap(), vec![]);
    assert_eq!(clicks_of(&store, &brand, &["pv-cart"], NOON).await, vec![]);
    let later = Order { updated_at: NOON.plus_ms(1), ..order("1001", 5000) };
    store.put_order(&later, today(), NOON).await.unwrap();
    let found = store.order_by_external_id(&brand, "1001").await.unwrap().unwrap().order;
    assert_eq!((found.email_hash, found.cart_pv), (None, None), "erased for good");
    store.append(&Batch { clicks: vec![click(1, 1, "a", NOON)], events: vec![event("e1", "a")] }).await.unwrap();
    store.receive(&delivery(1)).await.unwrap();
    assert!(!store.redact_shop(&domain, NOON).await.unwrap(), "still installed");
    store.uninstall_shop(&domain, NOON).await.unwrap();
    assert!(store.redact_shop(&domain, NOON).await.unwrap());
    assert_eq!(store.events_after(&brand, "", 10).await.unwrap(), vec![]);
    assert_eq!(store.delivery(&delivery(1).id).await.unwrap().unwrap().body, b"");
    let traffic = store.traffic(&brand, week()).await.unwrap();
    assert_eq!(traffic.sales_by_day[0].revenue_minor, 5000);
    assert_eq!(traffic.clicks_by_day[0].clicks.clicks, 3);
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

/// Settles with something owed to creator 1 by a rule, and whatever else is changed.
async fn settle_owing(
    store: &AnyStore,
    brand: &BrandId,
    external_id: &str,
    amount_minor: i64,
    change: impl for<'a> Fn(Settlement<'a>) -> Settlement<'a>,
) {
    let record = store.order_by_external_id(brand, external_id).await.unwrap().unwrap();
    let (order, settlements) = (record.order, record.settlements);
    let links = store.links(brand).await.unwrap();
    let case = Case { links, ..Case::without_evidence(order) };
    let attribution = attribution::decide(&case, &Policy::default());
    let owed = Owed {
        creator: creator(1).id,
        rule: RuleId::new(1, [1; 10]),
        amount_minor,
        reason: "10.00 % of everything".into(),
    };
    let owed = if amount_minor == 0 { vec![] } else { vec![owed] };
    let settlement = change(Settlement { owed: &owed, settlements, ..settlement(&case.order, &[], &attribution) });
    assert!(settle_one(store, &settlement).await);
}

pub async fn terms_are_saved_only_over_what_was_read(store: AnyStore) {
    let id = with_brand(&store).await;
    let before = store.brand(&id).await.unwrap().unwrap();
    let policies = before.policies.with(Policy { model: Model::Linear, ..Policy::default() }).unwrap();
    let settings = Settings { hold_days: 7, closed_through: Some(Day(5)), ..Settings::default() };
    let after = Brand { policies, settings, ..before.clone() };
    assert!(store.save_terms(&before, &after, &audit(1)).await.unwrap());
    assert_eq!(store.brand(&id).await.unwrap().unwrap(), after);
    assert!(!store.save_terms(&before, &before, &audit(2)).await.unwrap(), "somebody else was faster");
    assert_eq!(store.brand_ids().await.unwrap(), core::slice::from_ref(&id));
    assert_eq!(store.audit_log(&id, 10).await.unwrap().len(), 1);
}

pub async fn creators_are_updated(store: AnyStore) {
    let brand = with_links(&store).await;
    let changed = Creator { name: "New".into(), aliases: vec!["nu".into()], tier: None, ..creator(1) };
    assert!(store.update_creator(&brand, &changed).await.unwrap());
    assert_eq!(store.creator(&brand, &changed.id).await.unwrap(), Some(changed));
    assert!(!store.update_creator(&brand, &creator(9)).await.unwrap());
    let code = creator(1).partner_code.unwrap();
    assert_eq!(store.creator_by_partner_code(&code).await.unwrap(), Some((brand.clone(), creator(1).id)));
    let unknown = PartnerCode::draw(&[9; 10]).unwrap();
    assert_eq!(store.creator_by_partner_code(&unknown).await.unwrap(), None);
    let uncoded = Creator { partner_code: None, earlier_tiers: vec![], ..creator(1) };
    assert!(store.update_creator(&brand, &uncoded).await.unwrap());
    assert_eq!(store.creator(&brand, &uncoded.id).await.unwrap(), Some(uncoded));
    assert_eq!(store.creator_by_partner_code(&code).await.unwrap(), None);
}

pub async fn journeys_are_stored_with_every_model(store: AnyStore) {
    let brand = with_links(&store).await;
    store.put_order(&order("1001", 5000), today(), NOON).await.unwrap();
    for _ in 0..2 {
        let attribution = settle(&store, &brand, "1001").await;
        assert!(!attribution.journey.is_empty());
        let totals = store.model_totals(&brand, week()).await.unwrap();
        for model in 0..5 {
            assert_eq!(totals.iter().map(|row| row.amounts_minor[model]).sum::<i64>(), 5000);
        }
        assert_eq!(totals.iter().map(|row| row.conversions).sum::<i64>(), 1);
    }
    let other = Period::last(7, Day(today().0 - 30));
    assert_eq!(store.model_totals(&brand, other).await.unwrap(), vec![]);
}

pub async fn the_ledger_moves_by_the_difference(store: AnyStore) {
    let brand = with_links(&store).await;
    store.put_order(&order("1001", 5000), today(), NOON).await.unwrap();
    let id = store.order_by_external_id(&brand, "1001").await.unwrap().unwrap().order.id;
    for amount in [500, 500, 300, 300, 0, 450] {
        settle_owing(&store, &brand, "1001", amount, |settlement| settlement).await;
    }
    let lines = store.ledger_of_order(&brand, &id).await.unwrap();
    let mut amounts: Vec<_> = lines.iter().map(|line| (line.kind, line.amount_minor)).collect();
    amounts.sort_by_key(|(_, minor)| *minor);
    let expected = [
        (EntryKind::Reversal, -300),
        (EntryKind::Reversal, -200),
        (EntryKind::Accrual, 450),
        (EntryKind::Accrual, 500),
    ];
    assert_eq!(amounts, expected);
    let balance = |held_minor, payable_minor, paid_out_minor| Balance {
        creator: creator(1).id,
        currency: Currency::USD,
        held_minor,
        payable_minor,
        paid_out_minor,
    };
    assert_eq!(store.balances(&brand, NOON).await.unwrap(), [balance(450, 0, 0)]);
    assert_eq!(store.balances(&brand, NOON.plus_ms(DAY_MS)).await.unwrap(), [balance(0, 450, 0)]);
    assert_eq!(store.ledger(&brand, None, "", 10).await.unwrap().len(), 4);
    assert_eq!(store.ledger(&brand, Some(&creator(2).id), "", 10).await.unwrap(), vec![]);
    let page = store.ledger(&brand, Some(&creator(1).id), "", 3).await.unwrap();
    assert_eq!(store.ledger(&brand, None, page[2].id.as_str(), 10).await.unwrap().len(), 1);
}

pub async fn what_is_taken_back_goes_with_what_was_given(store: AnyStore) {
    let brand = with_links(&store).await;
    store.put_order(&order("1001", 5000), today(), NOON).await.unwrap();
    settle_owing(&store, &brand, "1001", 500, |one| Settlement { needs_approval: true, ..one }).await;
    settle_owing(&store, &brand, "1001", 400, |one| Settlement { needs_approval: true, ..one }).await;
    let balance = async |at| {
        let balance = store.balances(&brand, at).await.unwrap()[0].clone();
        (balance.held_minor, balance.payable_minor)
    };
    let later = NOON.plus_ms(2 * DAY_MS);
    assert_eq!(balance(later).await, (400, 0), "both wait for a person");
    store.approve(&brand, None, later, &audit(1)).await.unwrap();
    assert_eq!(balance(later).await, (0, 400));
    settle_owing(&store, &brand, "1001", 0, |one| Settlement { needs_approval: true, at: later, ..one }).await;
    assert_eq!(balance(later).await, (0, 0), "nothing of a refunded order is payable");
}

pub async fn closed_days_never_change(store: AnyStore) {
    let brand = with_links(&store).await;
    store.put_order(&order("1001", 5000), today(), NOON).await.unwrap();
    settle(&store, &brand, "1001").await;
    let refund = |id: &str, amount_minor| Refund {
        order_external_id: "1001".into(),
        external_id: id.into(),
        amount_minor,
        currency: Currency::USD,
        at: NOON,
        subtotal_minor: None,
        lines: vec![],
    };
    let closed = Period::between(today(), today());
    let (later, latest) = (Day(today().0 + 3), Day(today().0 + 5));
    let figures = async |period| {
        let traffic = store.traffic(&brand, period).await.unwrap();
        let orders = store.order_days(&brand, period).await.unwrap();
        let sum = |rows: &[domain::report::SaleRow<Day>]| {
            rows.iter().fold((0, 0), |sum, row| (sum.0 + row.conversions, sum.1 + row.revenue_minor))
        };
        (sum(&traffic.sales_by_day), sum(&orders))
    };
    let before = figures(closed).await;
    assert_eq!(before, ((1, 5000), (1, 5000)));
    let read = store.brand(&brand).await.unwrap().unwrap();
    let settings = Settings { closed_through: Some(today()), ..Settings::default() };
    let terms = Brand { settings, ..read.clone() };
    assert!(store.save_terms(&read, &terms, &audit(1)).await.unwrap());
    let stale = store.order_by_external_id(&brand, "1001").await.unwrap().unwrap();
    let decided = stale.attribution.clone().unwrap();
    let unaware = Settlement { settlements: stale.settlements, ..settlement(&stale.order, &[], &decided) };
    assert!(!settle_one(&store, &unaware).await, "the period was closed meanwhile");
    assert_eq!((stale.placed_day, stale.settled_day), (today(), Some(today())));
    for (id, amount, day) in [("r1", 1000, later), ("r2", 500, latest), ("r2", 500, latest)] {
        store.put_refund(&brand, &refund(id, amount), NOON).await.unwrap();
        settle_owing(&store, &brand, "1001", 0, |settlement| Settlement {
            day: Some(day),
            closed_through: Some(today()),
            ..settlement
        })
        .await;
        assert_eq!(figures(closed).await, before);
    }
    // What was booked on a day stays there: links' figures and the brand's agree on each.
    let after = Day(latest.0 + 1);
    settle_owing(&store, &brand, "1001", 0, |settlement| Settlement {
        day: Some(after),
        closed_through: Some(today()),
        ..settlement
    })
    .await;
    for (day, minor) in [(later, -1000), (latest, -500), (after, 0)] {
        assert_eq!(figures(Period::between(day, day)).await, ((0, minor), (0, minor)), "{day}");
    }
    let all = Period::between(today(), after);
    assert_eq!(figures(all).await, ((1, 3500), (1, 3500)));
    let models = store.model_totals(&brand, closed).await.unwrap();
    assert_eq!(models.iter().map(|row| row.amounts_minor[1]).sum::<i64>(), 5000);
    let credits = store.credits_after(&brand, ("", -1), 10).await.unwrap();
    assert_eq!(credits.iter().map(|record| record.credit.amount_minor).sum::<i64>(), 3500);
}

pub async fn rules_end_once(store: AnyStore) {
    let brand = with_brand(&store).await;
    let rule = Rule {
        id: RuleId::new(1, [1; 10]),
        scope: Scope::Tier("gold".into()),
        rate: Rate::Percent { bp: 1250 },
        new_customer_bonus: Some(Money { minor: 500, currency: Currency::USD }),
        cap: None,
        starts_at: NOON,
        ends_at: None,
        created_at: NOON,
    };
    store.create_rule(&brand, &rule, &audit(1)).await.unwrap();
    assert_eq!(store.rules(&brand).await.unwrap(), core::slice::from_ref(&rule));
    assert!(store.end_rule(&brand, &rule.id, NOON.plus_ms(5), &audit(2)).await.unwrap());
    assert!(!store.end_rule(&brand, &rule.id, NOON.plus_ms(9), &audit(3)).await.unwrap());
    assert_eq!(store.rules(&brand).await.unwrap()[0].ends_at, Some(NOON.plus_ms(5)));
    assert_eq!(store.audit_log(&brand, 10).await.unwrap().len(), 2);
}

fn adjustment(n: u8, amount_minor: i64, needs_approval: bool) -> Entry {
    Entry {
        id: EntryId::new(NOON.0, [n; 10]),
        key: format!("key {n}"),
        creator: creator(1).id,
        order: None,
        rule: None,
        kind: EntryKind::Adjustment,
        currency: Currency::USD,
        amount_minor,
        reason: "a bonus".into(),
        actor: "test".into(),
        created_at: NOON,
        payable_at: NOON,
        needs_approval,
        approved_at: None,
        payout: None,
    }
}

pub async fn adjustments_and_approvals_happen_once(store: AnyStore) {
    let brand = with_links(&store).await;
    assert!(store.adjust(&brand, &adjustment(1, 1000, true), &audit(1)).await.unwrap());
    let again = Entry { id: EntryId::new(NOON.0, [9; 10]), ..adjustment(1, 1000, true) };
    assert!(!store.adjust(&brand, &again, &audit(2)).await.unwrap(), "the same key");
    let payable = async || store.balances(&brand, NOON).await.unwrap()[0].payable_minor;
    assert_eq!(payable().await, 0);
    assert_eq!(store.approve(&brand, Some(&creator(2).id), NOON, &audit(3)).await.unwrap(), 0);
    assert_eq!(store.approve(&brand, None, NOON.plus_ms(-1), &audit(4)).await.unwrap(), 0, "still held");
    assert_eq!(store.approve(&brand, Some(&creator(1).id), NOON, &audit(5)).await.unwrap(), 1);
    assert_eq!(store.approve(&brand, None, NOON, &audit(6)).await.unwrap(), 0);
    assert_eq!(payable().await, 1000);
    let line = &store.ledger(&brand, None, "", 10).await.unwrap()[0];
    assert_eq!(*line, Entry { approved_at: Some(NOON), ..adjustment(1, 1000, true) });
    assert_eq!(store.audit_log(&brand, 10).await.unwrap().len(), 2);
}

pub async fn payouts_take_what_is_payable_and_give_it_back(store: AnyStore) {
    let brand = with_links(&store).await;
    store.adjust(&brand, &adjustment(1, 1000, false), &audit(1)).await.unwrap();
    store.adjust(&brand, &adjustment(2, -300, false), &audit(2)).await.unwrap();
    let payout = |n: u8, minor| Payout {
        id: PayoutId::new(NOON.0, [n; 10]),
        currency: Currency::USD,
        state: PayoutState::Open,
        created_at: NOON,
        closed_at: None,
        actor: "test".into(),
        items: vec![(creator(1).id, minor)],
    };
    let ids = |n: u8| [EntryId::new(NOON.0, [n; 10])];
    let balance = async || {
        let balance = store.balances(&brand, NOON).await.unwrap()[0].clone();
        (balance.held_minor, balance.payable_minor, balance.paid_out_minor)
    };
    assert!(!store.create_payout(&brand, &payout(1, 1000), &ids(11), &audit(3)).await.unwrap(), "not what is payable");
    assert_eq!((store.payouts(&brand).await.unwrap(), balance().await), (vec![], (0, 700, 0)));
    assert!(store.create_payout(&brand, &payout(1, 700), &ids(11), &audit(4)).await.unwrap());
    assert_eq!((store.payouts(&brand).await.unwrap(), balance().await), (vec![payout(1, 700)], (0, 0, 700)));
    let close = async |n: u8, state, entry| {
        store.close_payout(&brand, &payout(n, 0).id, state, &ids(entry), NOON, &audit(entry)).await.unwrap()
    };
    assert!(close(1, PayoutState::Cancelled, 12).await);
    assert!(!close(1, PayoutState::Paid, 13).await, "closed already");
    assert_eq!(balance().await, (0, 700, 0));
    assert!(store.create_payout(&brand, &payout(2, 700), &ids(14), &audit(5)).await.unwrap());
    assert!(close(2, PayoutState::Paid, 15).await);
    assert_eq!(balance().await, (0, 0, 700));
    // A refund after the payout: below zero until the next sales.
    store.adjust(&brand, &adjustment(3, -50, false), &audit(6)).await.unwrap();
    assert_eq!(balance().await, (0, -50, 700));
    let states: Vec<_> =
        store.payouts(&brand).await.unwrap().into_iter().map(|one| (one.state, one.closed_at)).collect();
    assert_eq!(states, [(PayoutState::Paid, Some(NOON)), (PayoutState::Cancelled, Some(NOON))]);
    assert_eq!(store.payout_addresses(&brand).await.unwrap(), vec![]);
    assert!(store.set_payout_address(&brand, &creator(1).id, Some(b"sealed"), &audit(7)).await.unwrap());
    assert!(!store.set_payout_address(&brand, &creator(9).id, None, &audit(8)).await.unwrap());
    assert_eq!(store.payout_addresses(&brand).await.unwrap(), [(creator(1).id, b"sealed".to_vec())]);
}

pub async fn milestones_are_reached_once(store: AnyStore) {
    let brand = with_links(&store).await;
    store.put_order(&order("1001", 5000), today(), NOON).await.unwrap();
    settle(&store, &brand, "1001").await;
    let totals = store.creator_totals(&brand, &creator(1).id).await.unwrap();
    assert_eq!(totals, (1, vec![(Currency::USD, 5000)]));
    assert_eq!(store.creator_totals(&brand, &creator(2).id).await.unwrap(), (0, vec![]));
    let names = ["orders:10".to_owned(), "orders:50".to_owned()];
    let who = creator(1).id;
    assert_eq!(store.reach_milestones(&brand, &who, &names[..1], NOON).await.unwrap(), names[..1]);
    assert_eq!(store.reach_milestones(&brand, &who, &names, NOON.plus_ms(1)).await.unwrap(), names[1..]);
    let reached = store.milestones(&brand, &who).await.unwrap();
    assert_eq!(reached, [(names[0].clone(), NOON), (names[1].clone(), NOON.plus_ms(1))]);
}

pub async fn answers_and_credit_by_hand_settle_the_order_again(store: AnyStore) {
    let brand = with_links(&store).await;
    let answer = |n: u8, text: &str, state| Answer {
        id: AnswerId::new(NOON.0, [n; 10]),
        order_external_id: "1001".into(),
        question: "How did you hear about us?".into(),
        answer: text.into(),
        received_at: NOON,
        state,
        creator: (state == AnswerState::Matched).then(|| creator(1).id),
        confidence_bp: 8000,
        matched_name: None,
    };
    let queued = async || {
        let jobs = store.claim_jobs(NOON, NOON.plus_ms(1), 10).await.unwrap();
        for job in &jobs {
            store.finish_jobs(&[job]).await.unwrap();
        }
        jobs.len()
    };
    assert!(store.put_answer(&brand, &answer(1, "somebody", AnswerState::Open)).await.unwrap());
    assert!(!store.put_answer(&brand, &answer(2, "somebody", AnswerState::Open)).await.unwrap(), "a repeat");
    assert_eq!(queued().await, 1);
    assert!(store.put_answer(&brand, &answer(3, "creator1", AnswerState::Matched)).await.unwrap());
    assert_eq!(store.answers(&brand, AnswerState::Open, 10).await.unwrap(), vec![]);
    let kept = store.answers_of(&brand, &texts(&["1001"])).await.unwrap();
    assert_eq!(
        kept,
        [Answer { id: answer(1, "", AnswerState::Open).id, ..answer(3, "creator1", AnswerState::Matched) }]
    );
    assert_eq!(queued().await, 1);
    assert!(store.decide_answer(&brand, &kept[0].id, Some(&creator(2).id), NOON, &audit(1)).await.unwrap());
    assert!(!store.decide_answer(&brand, &answer(9, "", AnswerState::Open).id, None, NOON, &audit(2)).await.unwrap());
    assert!(!store.put_answer(&brand, &answer(4, "creator1", AnswerState::Matched)).await.unwrap(), "a person decided");
    let decided = &store.answers(&brand, AnswerState::Assigned, 10).await.unwrap()[0];
    assert_eq!(decided.creator, Some(creator(2).id));
    assert_eq!(queued().await, 1);

    store.put_order(&order("1001", 5000), today(), NOON).await.unwrap();
    queued().await;
    let id = store.order_by_external_id(&brand, "1001").await.unwrap().unwrap().order.id;
    let credit = ManualCredit {
        order: id.clone(),
        link: link(2, None).id,
        actor: "test".into(),
        reason: "told us".into(),
        at: NOON,
    };
    store.put_manual_credit(&brand, &credit, &audit(3)).await.unwrap();
    assert_eq!(
        (store.manual_credits(&brand, core::slice::from_ref(&id)).await.unwrap().pop(), queued().await),
        (Some(credit.clone()), 1)
    );
    let unknown = ManualCredit { order: OrderId::new(1, [9; 10]), ..credit };
    assert!(matches!(store.put_manual_credit(&brand, &unknown, &audit(4)).await, Err(StoreError::Missing("order"))));
    assert!(store.end_manual_credit(&brand, &id, NOON, &audit(5)).await.unwrap());
    assert!(!store.end_manual_credit(&brand, &id, NOON, &audit(6)).await.unwrap());
    assert_eq!(
        (store.manual_credits(&brand, core::slice::from_ref(&id)).await.unwrap().pop(), queued().await),
        (None, 1)
    );
}

pub async fn recomputes_go_on_where_they_were(store: AnyStore) {
    let brand = with_links(&store).await;
    store.put_order(&order("1001", 5000), today(), NOON).await.unwrap();
    assert_eq!(store.count_orders(&brand, NOON).await.unwrap(), 1);
    assert_eq!(store.count_orders(&brand, NOON.plus_ms(1)).await.unwrap(), 0);
    assert_eq!(store.recompute(&brand).await.unwrap(), None);
    let mut state =
        Recompute { since: UnixMs(i64::MIN), before: (NOON, "ord_1".into()), done: 1, total: 2, started_at: NOON };
    store.begin_recompute(&brand, &state).await.unwrap();
    state.done = 2;
    assert!(store.advance_recompute(&brand, &state, false).await.unwrap());
    assert_eq!(store.recompute(&brand).await.unwrap(), Some(state.clone()));
    let anew = Recompute { started_at: NOON.plus_ms(1), ..state.clone() };
    store.begin_recompute(&brand, &anew).await.unwrap();
    assert!(!store.advance_recompute(&brand, &state, true).await.unwrap(), "begun anew since");
    assert!(store.advance_recompute(&brand, &anew, true).await.unwrap());
    assert_eq!(store.recompute(&brand).await.unwrap(), None);
    store.put_secret("name", Some(b"one"), NOON).await.unwrap();
    store.put_secret("name", Some(b"two"), NOON).await.unwrap();
    assert_eq!(store.secret("name").await.unwrap(), Some(b"two".to_vec()));
    store.put_secret("name", None, NOON).await.unwrap();
    assert_eq!(store.secret("name").await.unwrap(), None);
}

pub async fn journeys_are_read_whole_and_runs_are_versioned(store: AnyStore) {
    let brand = with_links(&store).await;
    let clicks = vec![click(1, 1, "a", NOON), click(2, 2, "b", NOON), click(3, 2, "a", NOON.plus_ms(5))];
    store.append(&Batch { clicks, events: vec![] }).await.unwrap();
    let mut bot = click(4, 1, "c", NOON);
    bot.click.bot = Some("crawler".into());
    store.append(&Batch { clicks: vec![bot], events: vec![] }).await.unwrap();
    let touches = |found: Vec<crate::reports::Touch>| {
        found.into_iter().map(|touch| (touch.journey, touch.place)).collect::<Vec<_>>()
    };
    let open = touches(store.open_touches(&brand, NOON, ("", 0), 10).await.unwrap());
    let expected = [("a".to_owned(), NOON.0), ("a".to_owned(), NOON.0 + 5), ("b".to_owned(), NOON.0)];
    assert_eq!(open, expected);
    assert_eq!(touches(store.open_touches(&brand, NOON, ("a", NOON.0), 1).await.unwrap()), expected[1..2]);
    assert_eq!(store.open_touches(&brand, NOON.plus_ms(6), ("", 0), 10).await.unwrap(), vec![]);

    store.put_order(&order("1001", 5000), today(), NOON).await.unwrap();
    settle(&store, &brand, "1001").await;
    let converted = store.converted_touches(&brand, NOON, ("", 0), 10).await.unwrap();
    assert_eq!(converted[0].creator, Some(creator(1).id));
    let last = converted.last().unwrap();
    assert_eq!(store.converted_touches(&brand, NOON, (&last.journey, last.place), 10).await.unwrap(), vec![]);
    assert_eq!(store.converted_visitors(&brand, NOON).await.unwrap(), ["pv-cart"]);
    assert_eq!(store.converted_visitors(&brand, NOON.plus_ms(1)).await.unwrap(), Vec::<String>::new());

    assert_eq!(store.latest_model_run(&brand).await.unwrap(), None);
    assert_eq!(store.put_model_run(&brand, "{}", NOON).await.unwrap(), 1);
    assert_eq!(store.put_model_run(&brand, "[]", NOON).await.unwrap(), 2);
    assert_eq!(store.latest_model_run(&brand).await.unwrap(), Some((2, NOON, "[]".to_owned())));
}

pub async fn identities_join_and_orders_follow(store: AnyStore) {
    let brand = with_brand(&store).await;
    let id = |n: u8| CustomerId::new(i64::from(n), [n; 10]);
    let list = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<String>>();
    let join = async |names: &[&str], n: u8, join| {
        store.join_identities(&brand, &list(names), &id(n), join, NOON).await.unwrap()
    };
    let queued = async || {
        let jobs = store.claim_jobs(NOON, NOON.plus_ms(1), 10).await.unwrap();
        for job in &jobs {
            store.finish_jobs(&[job]).await.unwrap();
        }
        jobs.iter().map(|job| job.key.clone()).collect::<Vec<_>>()
    };
    assert_eq!(join(&["pv:a", "order:1"], 1, Join::Merge).await, Some(id(1)));
    assert_eq!(queued().await, [format!("{brand}:1")]);
    assert_eq!(join(&["pv:a", "order:1"], 2, Join::Merge).await, Some(id(1)), "nothing new");
    assert_eq!(queued().await, Vec::<String>::new());
    assert_eq!(join(&["pv:b", "email:x"], 2, Join::Merge).await, Some(id(2)));
    assert_eq!(join(&["pv:a", "email:x"], 3, Join::OnlyNew).await, None, "a browser merges nobody");
    assert_eq!(join(&["pv:a", "key:k"], 3, Join::OnlyNew).await, Some(id(1)));
    queued().await;
    assert_eq!(join(&["pv:a", "email:x"], 4, Join::Merge).await, Some(id(1)), "the older stays");
    assert_eq!(queued().await, [format!("{brand}:1")]);
    let all = identities_of(&store, &brand, "pv:b").await;
    assert_eq!(all, ["pv:a", "pv:b", id(2).as_str(), "email:x", "key:k", "order:1"]);
    assert_eq!(store.customer_of(&brand, id(2).as_str()).await.unwrap().unwrap().id, id(1), "known by both ids");
    assert_eq!(join(&["pv:a", "claim:other"], 5, Join::OnlyNew).await, None, "a visitor takes one name");
    assert_eq!(join(&["pv:z", "key:k"], 6, Join::OnlyNew).await, None, "a name takes one visitor");
    assert_eq!(join(&["pv:z", "claim:z"], 6, Join::OnlyNew).await, Some(id(6)));
    assert_eq!(identities_of(&store, &brand, "pv:nobody").await, Vec::<String>::new());
    assert_eq!(store.forget_customers(&brand, &list(&["email:x"])).await.unwrap(), 6);
    assert_eq!(identities_of(&store, &brand, "pv:a").await, Vec::<String>::new());
}

pub async fn evidence_of_many_orders_stays_apart(store: AnyStore) {
    let brand = with_links(&store).await;
    let report = |id: &str, pv_id: &str, order_id: &str, at: i64| Event {
        event_type: "purchase".into(),
        order_id: Some(order_id.into()),
        received_at: NOON.plus_ms(at),
        ..event(id, pv_id)
    };
    let of_test = Event { is_test: true, ..report("e4", "t", "1", 0) };
    let verified = Event { is_verified: true, ..report("e5", "v", "2", 3) };
    let mut landing = event("e6", "a");
    landing.ref_code = Some("m7xp3k9a".into());
    let events = vec![
        report("e1", "a", "1", 1),
        report("e2", "b", "2", 2),
        report("e3", "late", "1", 9),
        of_test,
        verified,
        landing,
    ];
    let clicks = vec![
        click(1, 1, "a", NOON),
        click(2, 2, "a", NOON.plus_ms(1)),
        click(3, 1, "a", NOON.plus_ms(2)),
        click(4, 2, "b", NOON.plus_ms(3)),
    ];
    store.append(&Batch { clicks, events }).await.unwrap();
    let [one, two, none] = [texts(&["1", "gid://1"]), texts(&["2"]), Vec::new()];
    let until = |ms| NOON.plus_ms(ms);
    let sought = |names, ms| Sought { names, until: until(ms) };
    let reporters = store
        .reporters_of(&brand, &[sought(&one, 5), sought(&none, 5), sought(&two, 5), sought(&one, 9)])
        .await
        .unwrap();
    let a = ("a".to_owned(), until(1));
    let found = [
        vec![a.clone()],
        vec![],
        vec![("v".to_owned(), until(3)), ("b".to_owned(), until(2))],
        vec![a, ("late".to_owned(), until(9))],
    ];
    assert_eq!(reporters, found);

    let [a, both] = [texts(&["a"]), texts(&["a", "b"])];
    let found = store.clicks_of(&brand, &[sought(&both, 9), sought(&a, 1), sought(&none, 9)], 3).await.unwrap();
    let ids = |clicks: &[Click]| clicks.iter().map(|click| click.at.0 - NOON.0).collect::<Vec<_>>();
    assert_eq!(found.iter().map(|clicks| ids(clicks)).collect::<Vec<_>>(), [vec![3, 2, 1], vec![1, 0], vec![]]);
    let found = store.landings_of(&brand, &[sought(&none, 9), sought(&both, 9), sought(&a, -1)]).await.unwrap();
    assert_eq!(found.iter().map(Vec::len).collect::<Vec<_>>(), [0, 1, 0]);
    assert_eq!(store.clicks_of(&brand, &[], 3).await.unwrap(), Vec::<Vec<Click>>::new());
    store.create_brand(&self::brand(2)).await.unwrap();
    let other = self::brand(2).id;
    assert_eq!(store.clicks_of(&other, &[sought(&both, 9)], 3).await.unwrap(), [vec![]]);
    assert_eq!(store.reporters_of(&other, &[sought(&one, 9)]).await.unwrap(), [vec![]]);
}

pub async fn many_orders_are_settled_together(store: AnyStore) {
    let brand = with_links(&store).await;
    let ids = ["1", "22", "333"];
    for id in ids {
        store.put_order(&order(id, 1000), today(), NOON).await.unwrap();
    }
    let links = store.links(&brand).await.unwrap();
    let decided = async || {
        let records = store.orders_by_external_ids(&brand, &texts(&ids)).await.unwrap();
        let cases = records.into_iter().map(|record| {
            let case = Case { links: links.clone(), ..Case::without_evidence(record.order) };
            (attribution::decide(&case, &Policy::default()), case.order, record.settlements)
        });
        let mut cases: Vec<_> = cases.collect();
        cases.sort_by(|(_, one, _), (_, other, _)| one.external_id.cmp(&other.external_id));
        cases
    };
    let settle = async |cases: &[(Attribution, Order, i64)]| {
        let settlements: Vec<Settlement<'_>> = cases
            .iter()
            .map(|(attribution, order, settlements)| Settlement {
                settlements: *settlements,
                ..settlement(order, &[], attribution)
            })
            .collect();
        store.settle_orders(&brand, &settlements).await.unwrap()
    };
    let figures = async || {
        let traffic = store.traffic(&brand, week()).await.unwrap();
        let credited: i64 = store
            .credits_after(&brand, ("", -1), 100)
            .await
            .unwrap()
            .iter()
            .map(|record| record.credit.amount_minor)
            .sum();
        let sold: i64 = traffic.sales_by_link.iter().map(|row| row.revenue_minor).sum();
        (credited, sold)
    };
    assert_eq!(settle(&[]).await, Vec::<bool>::new());
    assert_eq!(settle(&decided().await).await, [true; 3]);
    assert_eq!(figures().await, (3000, 3000));
    // Facts of one change between deciding and storing: that one waits, the others do not.
    let cases = decided().await;
    let refund = Refund {
        order_external_id: "22".into(),
        external_id: "r1".into(),
        amount_minor: 400,
        currency: Currency::USD,
        at: NOON,
        subtotal_minor: None,
        lines: vec![],
    };
    store.put_refund(&brand, &refund, NOON).await.unwrap();
    assert_eq!(settle(&cases).await, [true, false, true]);
    assert_eq!(figures().await, (3000, 3000));
    assert_eq!(settle(&decided().await).await, [true; 3]);
    assert_eq!(figures().await, (2600, 2600));
    assert_eq!(settle(&decided().await).await, [true; 3], "settled again, nothing moves");
    assert_eq!(figures().await, (2600, 2600));
    let journeys = store.orders_by_external_ids(&brand, &texts(&ids)).await.unwrap();
    assert_eq!(journeys.iter().map(|record| record.settlements).sum::<i64>(), 3 + 2 + 3 + 3);
}

pub async fn profiles_and_events_go_with_their_customer(store: AnyStore) {
    let brand = with_brand(&store).await;
    store.create_brand(&self::brand(2)).await.unwrap();
    let other = self::brand(2).id;
    let id = CustomerId::new(1, [1; 10]);
    let (names, later) = (texts(&["key:k", "pv:a", "pv:b"]), NOON.plus_ms(5));
    store.join_identities(&brand, &names, &id, Join::Merge, NOON).await.unwrap();
    let found = store.customer_of(&brand, "key:k").await.unwrap().unwrap();
    assert_eq!(
        (found.id.clone(), found.since, found.identities),
        (id.clone(), NOON, texts(&["key:k", "pv:a", "pv:b"]))
    );
    assert_eq!(store.customer_of(&brand, id.as_str()).await.unwrap().unwrap().id, id);
    assert_eq!(store.customer_of(&brand, "key:other").await.unwrap(), None);
    assert_eq!(store.customer_of(&other, "key:k").await.unwrap(), None);

    let profile = |sealed: &[u8], at| Profile {
        identity: "key:k".into(),
        sealed: sealed.to_vec(),
        created_at: at,
        updated_at: at,
    };
    store.put_profile(&brand, &profile(b"first", NOON)).await.unwrap();
    store.put_profile(&brand, &profile(b"second", later)).await.unwrap();
    let expected = Profile { updated_at: later, ..profile(b"second", NOON) };
    assert_eq!(store.profiles_of(&brand, &names).await.unwrap(), [expected]);
    assert_eq!(store.profiles_of(&other, &names).await.unwrap(), []);

    let told = |id: &str, at| CustomerEvent { id: id.into(), identity: "key:k".into(), sealed: b"x".to_vec(), at };
    assert!(store.put_customer_event(&brand, &told("1", NOON)).await.unwrap());
    assert!(!store.put_customer_event(&brand, &told("1", later)).await.unwrap(), "a repeat");
    assert!(store.put_customer_event(&brand, &told("2", later)).await.unwrap());
    let all = [told("2", later), told("1", NOON)];
    assert_eq!(store.customer_events_of(&brand, &names, 10).await.unwrap(), all);
    assert_eq!(store.customer_events_of(&brand, &names, 1).await.unwrap(), all[..1]);
    assert_eq!(store.customer_events_of(&other, &names, 10).await.unwrap(), []);

    let viewed = |id: &str, pv_id: &str, at| Event { occurred_at: at, ..event(id, pv_id) };
    let of_test = Event { is_test: true, ..event("v4", "a") };
    let other_kind = Event { event_type: "add_to_cart".into(), ..event("v5", "a") };
    let events =
        vec![viewed("v1", "a", NOON), viewed("v2", "b", later), viewed("v3", "stranger", later), of_test, other_kind];
    store.append(&Batch { clicks: vec![], events }).await.unwrap();
    let view = |id: &str, pv_id: &str, at| PageView {
        id: id.into(),
        pv_id: pv_id.into(),
        url: Some("https://shop.example/p".into()),
        at,
    };
    let all = vec![view("v2", "b", later), view("v1", "a", NOON)];
    assert_eq!(store.page_views_of(&brand, &texts(&["a", "b"]), 10).await.unwrap(), (2, all.clone()));
    assert_eq!(store.page_views_of(&brand, &texts(&["a", "b"]), 1).await.unwrap(), (2, all[..1].to_vec()));

    assert_eq!(store.forget_customers(&brand, &texts(&["pv:a"])).await.unwrap(), 3);
    assert_eq!(store.profiles_of(&brand, &names).await.unwrap(), []);
    assert_eq!(store.customer_events_of(&brand, &names, 10).await.unwrap(), []);
    assert_eq!(store.customer_of(&brand, "key:k").await.unwrap(), None);
}

pub async fn sales_are_stored_once_with_their_orders(store: AnyStore) {
    let brand = with_links(&store).await;
    store.append(&Batch { clicks: vec![click(1, 1, "a", NOON)], events: vec![] }).await.unwrap();
    let clicked = click(1, 1, "a", NOON).click;
    assert_eq!(store.click(&brand, &clicked.id).await.unwrap().unwrap().pv_id, "a");
    assert_eq!(store.click(&brand, &ClickId::new(1, [9; 10])).await.unwrap(), None);
    let order = order("tx1", 5000);
    let (identities, customer) = (["order:tx1".to_owned(), "key:k".to_owned()], CustomerId::new(1, [1; 10]));
    let new = NewSale { transaction_id: "tx1", meta: "{}", identities: &identities, customer: &customer };
    let sale = store.put_sale(&order, today(), &new, NOON).await.unwrap().unwrap();
    assert_eq!((sale.sale_number, sale.commission_number), (1, None));
    assert_eq!(store.put_sale(&order, today(), &new, NOON).await.unwrap(), None, "a repeat");
    assert_eq!(store.sale(&brand, "tx1", false).await.unwrap(), Some(sale.clone()));
    assert_eq!(store.sale(&brand, "tx1", true).await.unwrap(), None);
    assert_eq!(identities_of(&store, &brand, "order:tx1").await, ["key:k", "order:tx1"]);
    let shopifys = self::order("1001", 5000);
    store.put_order(&shopifys, today(), NOON).await.unwrap();
    let same = NewSale { transaction_id: "1001", ..new };
    assert_eq!(store.put_sale(&shopifys, today(), &same, NOON).await.unwrap(), None, "Shopify told it already");
    assert_eq!(store.sale(&brand, "1001", false).await.unwrap(), None);
    assert!(store.order_by_external_id(&brand, "tx1").await.unwrap().is_some());
    for _ in 0..2 {
        assert_eq!(store.number_commission(&brand, "tx1", false).await.unwrap(), 1);
    }
    let refund = Refund {
        order_external_id: "tx1".into(),
        external_id: "r0".into(),
        amount_minor: 1500,
        currency: Currency::USD,
        at: NOON,
        subtotal_minor: None,
        lines: vec![],
    };
    assert!(store.refund_sale(&brand, &sale, &refund, NOON).await.unwrap());
    assert!(!store.refund_sale(&brand, &sale, &refund, NOON).await.unwrap(), "refunded meanwhile");
    let after = store.sale(&brand, "tx1", false).await.unwrap().unwrap();
    assert_eq!((after.refunded_minor, after.refunds, after.commission_number), (1500, 1, Some(1)));
    assert_eq!(store.refunds_of(&brand, &texts(&["tx1"])).await.unwrap(), [refund]);
    let record = TestRecord {
        id: "clk_1".into(),
        kind: "click".into(),
        link: Some(link(1, None).id),
        body: "{}".into(),
        at: NOON,
    };
    store.put_test_record(&brand, &record).await.unwrap();
    store.put_test_record(&brand, &TestRecord { at: NOON.plus_ms(1), ..record.clone() }).await.unwrap();
    assert_eq!(store.test_record(&brand, "clk_1").await.unwrap(), Some(record));
}
