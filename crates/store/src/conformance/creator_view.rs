//! Requirements on every adapter: `store::creator_view`. Both links are creator 1's; only link 2 shares its revenue.

use domain::{
    BrandId, Currency, EntryId, FactsVersion, LinkId, Money, PayoutId, RuleId,
    attribution::{self, AttributionInput},
    brand::{Brand, Settings},
    commission::{EntryKind, Owed},
    evidence::EvidenceKind,
    link::Link,
    model::Model,
    order::Order,
    policy::Policy,
    proof::ProofFigures,
    settlement::Settlement,
    time::{Day, Period},
};

use crate::{
    commissions::{Closing, Entry, Payout, PayoutState},
    conformance::fixtures::{
        AnyStore, NOON, audit, click, creator, link, order, settle, settle_job, settle_one, settlement, texts, today,
        week, with_links,
    },
    creator_view::{OwnBalance, OwnSale, OwnTraffic, SaleCursor, SharedSale},
    ingest::Batch,
    orders::Refund,
    outbound::NewEvents,
};

fn euro() -> Currency {
    Currency::parse("EUR").unwrap()
}

fn usd(minor: i64) -> Money {
    Money { minor, currency: Currency::USD }
}

pub async fn creators_never_get_hidden_revenue(store: AnyStore) {
    let brand = with_links(&store).await;
    let hidden = Order { currency: euro(), ..order("1001", 5000) };
    store.put_order(&hidden, today(), &settle_job).await.unwrap();
    let shared = Order { cart_ref: Some(link(2, None).code), promo_codes: vec![], ..order("22", 700) };
    store.put_order(&shared, today(), &settle_job).await.unwrap();
    settle(&store, &brand, "1001").await;
    settle(&store, &brand, "22").await;
    store.append(&Batch { clicks: vec![click(1, 1, "a", NOON)], events: vec![] }).await.unwrap();
    let own = creator(1).id;
    let traffic = store.own_traffic(&brand, &own, week()).await.unwrap();
    let (first, second) = (link(1, None).id, link(2, None).id);
    assert_eq!(traffic.conversions_by_link, [(first.clone(), 1), (second.clone(), 1)]);
    assert_eq!(traffic.conversions_by_day, [(today(), 2)]);
    assert_eq!(traffic.shared_revenue, [(second, usd(700))]);
    let clicks: Vec<_> = traffic.clicks_by_link.iter().map(|row| (row.key.clone(), row.clicks.clicks)).collect();
    assert_eq!(clicks, [(first, 1)]);
    assert_eq!((traffic.clicks_by_day[0].key, traffic.clicks_by_day[0].clicks.clicks), (today(), 1));
    assert_eq!(store.own_revenue_days(&brand, &own, Currency::USD).await.unwrap(), [(today(), 700)]);
    assert_eq!(store.own_revenue_days(&brand, &own, euro()).await.unwrap(), []);
    let other = creator(2).id;
    assert_eq!(store.own_traffic(&brand, &other, week()).await.unwrap(), OwnTraffic::default());
    assert_eq!(store.own_revenue_days(&brand, &other, Currency::USD).await.unwrap(), []);
}

/// Settles an order that discount codes credit equally, and books what creator 1 is owed for it.
async fn settle_split(store: &AnyStore, brand: &BrandId, order: &Order, owed_minor: i64) {
    store.put_order(order, today(), &settle_job).await.unwrap();
    let record = store.order_by_external_id(brand, &order.external_id).await.unwrap().unwrap();
    let links = store.links(brand).await.unwrap();
    let input = AttributionInput { links, ..AttributionInput::without_evidence(record.order) };
    let linear = Policy { model: Model::Linear, ..Policy::default() };
    let attribution = attribution::decide(&input, &linear);
    let rule = RuleId::new(1, [1; 10]);
    let owed = [Owed { creator: creator(1).id, rule, amount_minor: owed_minor, reason: "a rate".into() }];
    let settlement = settlement(&input.order, &[], &attribution);
    assert!(settle_one(store, &Settlement { owed: &owed, ..settlement }).await);
}

fn with_codes(external_id: &str, total_minor: i64, codes: &[&str]) -> Order {
    Order { cart_ref: None, cart_pv: None, promo_codes: texts(codes), ..order(external_id, total_minor) }
}

pub async fn an_order_with_one_unshared_credit_is_unshared(store: AnyStore) {
    let brand = with_links(&store).await;
    settle_split(&store, &brand, &with_codes("1001", 5000, &["PROMO1", "PROMO2"]), 500).await;
    settle_split(&store, &brand, &with_codes("22", 700, &["PROMO2"]), 70).await;
    let own = creator(1).id;
    let traffic = store.own_traffic(&brand, &own, week()).await.unwrap();
    assert_eq!(traffic.shared_revenue, [(link(2, None).id, usd(700))]);
    assert_eq!(traffic.conversions_by_day, [(today(), 2)]);
    assert_eq!(store.own_revenue_days(&brand, &own, Currency::USD).await.unwrap(), [(today(), 700)]);
    let balances = store.own_balances(&brand, &own, NOON).await.unwrap();
    let next_payable_at = Some(NOON.plus_ms(domain::time::DAY_MS));
    let held = OwnBalance { currency: Currency::USD, held_minor: 70, payable_minor: 0, paid_minor: 0, next_payable_at };
    assert_eq!(balances, [held]);
}

pub async fn unshared_earnings_are_shown_once_paid(store: AnyStore) {
    let brand = with_links(&store).await;
    let own = creator(1).id;
    let hidden = Order { currency: euro(), ..with_codes("1001", 5000, &["PROMO1"]) };
    settle_split(&store, &brand, &hidden, 500).await;
    settle_split(&store, &brand, &with_codes("22", 700, &["PROMO2"]), 70).await;
    let adjustment = |n: u8, order| Entry {
        id: EntryId::new(NOON.0 + 1, [n; 10]),
        key: format!("key {n}"),
        creator: creator(1).id,
        order,
        rule: None,
        kind: EntryKind::Adjustment,
        currency: euro(),
        amount_minor: 3,
        reason: "a bonus".into(),
        actor: "test".into(),
        created_at: NOON,
        payable_at: NOON,
        needs_approval: false,
        approved_at: None,
        payout: None,
    };
    let balances = async |at| {
        let balances = store.own_balances(&brand, &own, at).await.unwrap().into_iter();
        let balances = balances.map(|own| (own.currency.code(), own.held_minor, own.payable_minor, own.paid_minor));
        balances.collect::<Vec<_>>()
    };
    let later = NOON.plus_ms(domain::time::DAY_MS);
    assert_eq!(balances(NOON).await, [("USD", 70, 0, 0)]);
    // An adjustment for an unshared order is as hidden as the order.
    store.adjust(&brand, &adjustment(1, Some(hidden.id.clone())), &audit(1), &NewEvents::default()).await.unwrap();
    assert_eq!(balances(later).await, [("USD", 0, 70, 0)]);
    store.adjust(&brand, &adjustment(2, None), &audit(2), &NewEvents::default()).await.unwrap();
    let before = [("EUR", 0, 3, 0), ("USD", 0, 70, 0)];
    assert_eq!(balances(later).await, before);

    let payout = |n: u8, currency, minor| Payout {
        id: PayoutId::new(NOON.0, [n; 10]),
        currency,
        state: PayoutState::Open,
        created_at: later,
        closed_at: None,
        actor: "test".into(),
        closed_by: None,
        reference: None,
        items: vec![(creator(1).id, minor)],
    };
    let ids = |n: u8| [EntryId::new(NOON.0 + 1, [n; 10])];
    let close = async |n: u8, state| {
        let id = payout(n, euro(), 0).id;
        let closing = Closing {
            state,
            at: later,
            reference: None,
            entry_ids: &ids(n + 1),
            events: &NewEvents::default(),
            mails: &[],
        };
        store.close_payout(&brand, &id, &closing, &audit(n)).await.unwrap()
    };
    assert!(store.create_payout(&brand, &payout(10, euro(), 506), &ids(10), &audit(3)).await.unwrap());
    assert_eq!(balances(later).await, before, "an open payout changes nothing");
    assert!(close(10, PayoutState::Cancelled).await);
    assert_eq!(balances(later).await, before, "nor does a cancelled one");
    assert!(store.create_payout(&brand, &payout(20, euro(), 506), &ids(20), &audit(4)).await.unwrap());
    assert!(close(20, PayoutState::Paid).await);
    assert_eq!(balances(later).await, [("EUR", 0, 0, 506), ("USD", 0, 70, 0)]);
    assert!(store.create_payout(&brand, &payout(30, Currency::USD, 70), &ids(30), &audit(5)).await.unwrap());
    assert!(close(30, PayoutState::Paid).await);
    assert_eq!(balances(later).await, [("EUR", 0, 0, 506), ("USD", 0, 0, 70)]);
    let paid = store.own_payouts(&brand, &own, 10).await.unwrap();
    let paid: Vec<_> = paid.into_iter().map(|payout| (payout.amount, payout.paid_at, payout.reference)).collect();
    assert_eq!(paid, [(usd(70), later, None), (Money { minor: 506, currency: euro() }, later, None)]);
    assert_eq!(store.own_payouts(&brand, &own, 1).await.unwrap().len(), 1);
    assert_eq!(store.own_payouts(&brand, &creator(2).id, 10).await.unwrap(), []);
    assert_eq!(store.own_balances(&brand, &creator(2).id, later).await.unwrap(), []);
}

pub async fn creators_see_milestones_about_orders(store: AnyStore) {
    let brand = with_links(&store).await;
    let own = creator(1).id;
    let names = texts(&["orders:10", "revenue:USD:100"]);
    store.reach_milestones(&brand, &own, &names, NOON, &|_| NewEvents::default()).await.unwrap();
    assert_eq!(store.own_order_milestones(&brand, &own).await.unwrap(), [(names[0].clone(), NOON)]);
    assert_eq!(store.own_order_milestones(&brand, &creator(2).id).await.unwrap(), []);
}

pub async fn proofs_count_shared_orders_and_clicks_only(store: AnyStore) {
    let brand = with_links(&store).await;
    settle_split(&store, &brand, &with_codes("1001", 5000, &["PROMO1", "PROMO2"]), 500).await;
    settle_split(&store, &brand, &with_codes("333", 900, &["PROMO1"]), 90).await;
    settle_split(&store, &brand, &with_codes("22", 700, &["PROMO2"]), 70).await;
    let clicks = vec![click(1, 1, "a", NOON), click(2, 2, "b", NOON), click(3, 2, "c", NOON)];
    store.append(&Batch { clicks, events: vec![] }).await.unwrap();
    let own = creator(1).id;
    let figures = store.own_shared_figures(&brand, &own, week()).await.unwrap();
    assert_eq!(figures, ProofFigures::new(2, 1, [usd(700)]));
    assert_eq!(store.own_earning_days(&brand, &own, Currency::USD, week()).await.unwrap(), [(today(), 70)]);
    let before = Period { from: Day(today().0 - 9), to: Day(today().0 - 1) };
    assert_eq!(store.own_shared_figures(&brand, &own, before).await.unwrap(), ProofFigures::default());
    assert_eq!(store.own_earning_days(&brand, &own, Currency::USD, before).await.unwrap(), []);
    assert_eq!(store.own_shared_figures(&brand, &creator(2).id, week()).await.unwrap(), ProofFigures::default());
}

/// Settles an order again after its day was closed, on a later day.
async fn settle_late(store: &AnyStore, brand: &BrandId, external_id: &str, day: Day) {
    let record = store.order_by_external_id(brand, external_id).await.unwrap().unwrap();
    let (order, settlements) = (record.order, record.settlements);
    let links = store.links(brand).await.unwrap();
    let input = AttributionInput { links, ..AttributionInput::without_evidence(order) };
    let attribution = attribution::decide(&input, &Policy::default());
    let settlement = settlement(&input.order, &[], &attribution);
    let late = Settlement { settlements, day: Some(day), closed_through: Some(today()), ..settlement };
    assert!(settle_one(store, &late).await);
}

/// Figures of closed days never change, but what a proof says of their orders must still be true.
pub async fn proofs_follow_orders_after_their_day_was_closed(store: AnyStore) {
    let brand = with_links(&store).await;
    let sold = with_codes("22", 700, &["PROMO2"]);
    settle_split(&store, &brand, &sold, 70).await;
    let read = store.brand(&brand).await.unwrap().unwrap();
    let settings = Settings { closed_through: Some(today()), ..Settings::default() };
    let closed = Brand { settings, ..read.clone() };
    assert!(store.update_brand_settings(&read, &closed, &audit(1)).await.unwrap());
    let (own, later) = (creator(1).id, Day(today().0 + 40));
    let figures = async |period| store.own_shared_figures(&brand, &own, period).await.unwrap();
    let booked = async || store.own_traffic(&brand, &own, week()).await.unwrap().shared_revenue;
    assert_eq!(figures(week()).await, ProofFigures::new(0, 1, [usd(700)]));
    let before = booked().await;

    let refund = Refund {
        order_external_id: "22".into(),
        external_id: "r1".into(),
        amount_minor: 200,
        currency: Currency::USD,
        at: NOON,
        subtotal_minor: None,
        lines: vec![],
        reason: None,
    };
    store.put_refund(&brand, &refund, &settle_job).await.unwrap();
    settle_late(&store, &brand, "22", later).await;
    assert_eq!(figures(week()).await, ProofFigures::new(0, 1, [usd(500)]));
    assert_eq!(figures(Period::between(later, later)).await, ProofFigures::default(), "no order was placed then");
    assert_eq!(booked().await, before, "the refund is booked on its day");

    let version = FactsVersion::latest_wins(NOON.plus_ms(1));
    let cancelled = Order { cancelled_at: Some(NOON), version, ..sold };
    store.put_order(&cancelled, today(), &settle_job).await.unwrap();
    settle_late(&store, &brand, "22", later).await;
    assert_eq!(figures(week()).await, ProofFigures::default());
}

/// Credits of closed days stay booked when a late order is credited to another creator. Creators see the current decision.
pub async fn sales_show_the_current_decision(store: AnyStore) {
    let brand = with_links(&store).await;
    let other = Link { promo_code: Some("PROMO4".into()), ..link(4, Some(2)) };
    store.create_link(&brand, &other, None, &NewEvents::default()).await.unwrap();
    let late = with_codes("22", 700, &["PROMO2"]);
    store.put_order(&late, today(), &settle_job).await.unwrap();
    for (days, code) in [(3, "PROMO2"), (5, "PROMO4")] {
        let record = store.order_by_external_id(&brand, "22").await.unwrap().unwrap();
        let order = Order { promo_codes: texts(&[code]), ..record.order };
        let links = store.links(&brand).await.unwrap();
        let input = AttributionInput { links, ..AttributionInput::without_evidence(order) };
        let decided = attribution::decide(&input, &Policy::default());
        let settlement = Settlement {
            day: Some(Day(today().0 + days)),
            closed_through: None,
            settlements: record.settlements,
            ..settlement(&input.order, &[], &decided)
        };
        assert!(settle_one(&store, &settlement).await);
    }
    let booked = store.credits_after(&brand, ("", -1), 10).await.unwrap();
    assert_eq!(booked.iter().map(|one| one.credit.amount_minor).collect::<Vec<_>>(), [700, 700, -700]);
    let sales = async |n| store.own_sales(&brand, &creator(n).id, None, 10).await.unwrap();
    let (lost, won) = (sales(1).await.remove(0), sales(2).await.remove(0));
    assert_eq!((lost.credits, lost.others), (vec![], vec![EvidenceKind::Promo]));
    assert_eq!((won.credits, won.others), (vec![(other.id, EvidenceKind::Promo)], vec![]));
}

pub async fn sales_are_shown_with_amounts_if_shared(store: AnyStore) {
    let brand = with_links(&store).await;
    // A link of another creator, who gets an order to which creator 1's link led.
    let other = Link { promo_code: Some("PROMO4".into()), ..link(4, Some(2)) };
    store.create_link(&brand, &other, None, &NewEvents::default()).await.unwrap();
    let hidden = with_codes("1001", 5000, &["PROMO1"]);
    settle_split(&store, &brand, &hidden, 500).await;
    let shared = Order { placed_at: NOON.plus_ms(1_000), ..with_codes("22", 700, &["PROMO2"]) };
    settle_split(&store, &brand, &shared, 70).await;
    let lost = Order {
        placed_at: NOON.plus_ms(2_000),
        cart_ref: Some(link(2, None).code),
        ..with_codes("333", 900, &["PROMO4"])
    };
    settle_split(&store, &brand, &lost, 90).await;
    let own = creator(1).id;
    let sales = store.own_sales(&brand, &own, None, 10).await.unwrap();
    let (first, second) = (link(1, None).id, link(2, None).id);
    let sale = |order: &Order, touch: (&LinkId, EvidenceKind), is_own: bool, shared| OwnSale {
        order: order.id.clone(),
        placed_at: order.placed_at,
        is_cancelled: false,
        touches: vec![(touch.0.clone(), touch.1)],
        credits: if is_own { vec![(touch.0.clone(), touch.1)] } else { vec![] },
        others: if is_own { vec![] } else { vec![EvidenceKind::Promo] },
        shared,
    };
    let amounts = SharedSale { revenue: usd(700), earned_minor: 70 };
    let expected = [
        sale(&lost, (&second, EvidenceKind::Cart), false, None),
        sale(&shared, (&second, EvidenceKind::Promo), true, Some(amounts)),
        sale(&hidden, (&first, EvidenceKind::Promo), true, None),
    ];
    assert_eq!(sales, expected);
    let cursor = SaleCursor { placed_at: shared.placed_at, order: shared.id.clone() };
    assert_eq!(store.own_sales(&brand, &own, Some(&cursor), 10).await.unwrap(), expected[2..]);
    assert_eq!(store.own_sales(&brand, &own, None, 1).await.unwrap(), expected[..1]);
    assert_eq!(store.own_sale(&brand, &own, &shared.id).await.unwrap().as_ref(), Some(&expected[1]));
    let theirs = store.own_sales(&brand, &creator(2).id, None, 10).await.unwrap();
    assert_eq!(theirs.iter().map(|sale| &sale.order).collect::<Vec<_>>(), [&lost.id]);
    assert_eq!(store.own_sale(&brand, &creator(2).id, &shared.id).await.unwrap(), None);
}

pub async fn lines_of_a_payout_are_shown_if_shared(store: AnyStore) {
    let brand = with_links(&store).await;
    let own = creator(1).id;
    settle_split(&store, &brand, &with_codes("1001", 5000, &["PROMO1", "PROMO2"]), 500).await;
    settle_split(&store, &brand, &with_codes("22", 700, &["PROMO2"]), 70).await;
    let later = NOON.plus_ms(domain::time::DAY_MS);
    let adjustment = Entry {
        id: EntryId::new(NOON.0 + 1, [1; 10]),
        key: "key 1".into(),
        creator: own.clone(),
        order: None,
        rule: None,
        kind: EntryKind::Adjustment,
        currency: Currency::USD,
        amount_minor: -3,
        reason: "a fee".into(),
        actor: "test".into(),
        created_at: NOON,
        payable_at: NOON,
        needs_approval: false,
        approved_at: None,
        payout: None,
    };
    store.adjust(&brand, &adjustment, &audit(1), &NewEvents::default()).await.unwrap();
    let payout = Payout {
        id: PayoutId::new(NOON.0, [9; 10]),
        currency: Currency::USD,
        state: PayoutState::Open,
        created_at: later,
        closed_at: None,
        actor: "test".into(),
        closed_by: None,
        reference: None,
        items: vec![(own.clone(), 567)],
    };
    assert!(store.create_payout(&brand, &payout, &[EntryId::new(NOON.0 + 2, [2; 10])], &audit(2)).await.unwrap());
    assert_eq!(store.own_payout(&brand, &own, &payout.id).await.unwrap(), None, "not paid yet");
    let (state, events) = (PayoutState::Paid, NewEvents::default());
    let closing = Closing { state, at: later, reference: Some("wire 7"), entry_ids: &[], events: &events, mails: &[] };
    assert!(store.close_payout(&brand, &payout.id, &closing, &audit(3)).await.unwrap());
    let (paid, lines) = store.own_payout(&brand, &own, &payout.id).await.unwrap().unwrap();
    assert_eq!((paid.amount, paid.paid_at, paid.reference.as_deref()), (usd(567), later, Some("wire 7")));
    let mut shown: Vec<_> = lines.iter().map(|line| (line.order.is_some(), line.amount_minor, line.kind)).collect();
    shown.sort_unstable_by_key(|line| line.1);
    assert_eq!(shown, [(false, -3, EntryKind::Adjustment), (true, 70, EntryKind::Accrual)], "not the 500");
    assert!(lines.iter().all(|line| line.placed_at.is_some() == line.order.is_some()));
    assert_eq!(store.own_payout(&brand, &creator(2).id, &payout.id).await.unwrap(), None, "another's");
}
