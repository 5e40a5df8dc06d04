//! Requirements on every adapter: `store::money_objects`.

use domain::{
    CampaignId, Currency, EntryId, LinkId, PayoutId, commission::EntryKind, order::OrderSource, time::DAY_MS,
};

use crate::{
    commissions::{Closing, Entry, Payout, PayoutState},
    conformance::fixtures::{AnyStore, NOON, audit, creator, link, order, settle, settle_job, today, with_links},
    money_objects::{
        CommissionFilter,
        CommissionStatus::{Approved, Cancelled, InPayout, Paid, Pending, Waiting},
        ConversionFilter, ConversionKeyset, OrderFilter, PayoutFilter,
    },
    objects::{Keyset, Span},
    outbound::NewEvents,
};

fn all(prefix: &str) -> Keyset {
    Keyset { from: format!("{prefix}_"), below: format!("{prefix}_zz"), is_ascending: false, limit: 100 }
}

pub async fn orders_and_their_credits_are_filtered_and_paged(store: AnyStore) {
    let brand = with_links(&store).await;
    for (external_id, total) in [("1", 5000), ("22", 700), ("333", 90)] {
        store.put_order(&order(external_id, total), today(), &settle_job).await.unwrap();
    }
    settle(&store, &brand, "1").await;
    let ids = async |keyset: Keyset, filter: OrderFilter| {
        let found = store.orders_page(&brand, &keyset, &filter).await.unwrap();
        found.into_iter().map(|object| object.value.order.external_id).collect::<Vec<_>>()
    };
    let everything = OrderFilter::default();
    assert_eq!(ids(all("ord"), everything.clone()).await, ["333", "22", "1"]);
    assert_eq!(ids(Keyset { is_ascending: true, limit: 2, ..all("ord") }, everything.clone()).await, ["1", "22"]);
    let below = order("22", 0).id.to_string();
    assert_eq!(ids(Keyset { below, ..all("ord") }, everything).await, ["1"]);
    let by = async |filter: OrderFilter| ids(all("ord"), filter).await;
    assert_eq!(by(OrderFilter { is_attributed: Some(true), ..OrderFilter::default() }).await, ["1"]);
    assert_eq!(by(OrderFilter { is_attributed: Some(false), ..OrderFilter::default() }).await, ["333", "22"]);
    assert_eq!(by(OrderFilter { creator: Some(creator(1).id), ..OrderFilter::default() }).await, ["1"]);
    let campaign = Some(CampaignId::new(1, [1; 10]));
    assert_eq!(by(OrderFilter { campaign, ..OrderFilter::default() }).await, Vec::<String>::new());
    assert_eq!(by(OrderFilter { external_id: Some("22".into()), ..OrderFilter::default() }).await, ["22"]);
    assert_eq!(
        by(OrderFilter { source: Some(OrderSource::Api), ..OrderFilter::default() }).await,
        Vec::<String>::new()
    );
    let late = Span { from: NOON.plus_ms(1), ..Span::default() };
    assert_eq!(by(OrderFilter { placed: late, ..OrderFilter::default() }).await, Vec::<String>::new());
    assert_eq!(by(OrderFilter { updated: late, ..OrderFilter::default() }).await, Vec::<String>::new());

    let keyset =
        ConversionKeyset { from: (String::new(), 0), below: ("ord_zz".into(), 0), is_ascending: false, limit: 10 };
    let credits = store.conversions_page(&brand, &keyset, &ConversionFilter::default()).await.unwrap();
    assert_eq!(credits.iter().map(|one| one.value.amount_minor).sum::<i64>(), 5000);
    let first = &credits[credits.len() - 1].value;
    assert_eq!((&first.order, first.position), (&order("1", 0).id, 0));
    let rest = ConversionKeyset { from: (first.order.to_string(), 1), is_ascending: true, ..keyset.clone() };
    let others = store.conversions_page(&brand, &rest, &ConversionFilter::default()).await.unwrap();
    assert_eq!(others.len(), credits.len() - 1);
    for filter in [
        ConversionFilter { link: Some(LinkId::new(1, [9; 10])), ..ConversionFilter::default() },
        ConversionFilter { creator: Some(creator(2).id), ..ConversionFilter::default() },
        ConversionFilter { campaign: Some(CampaignId::new(1, [1; 10])), ..ConversionFilter::default() },
        ConversionFilter { order: Some(order("22", 0).id), ..ConversionFilter::default() },
        ConversionFilter { updated: late, ..ConversionFilter::default() },
    ] {
        assert_eq!(store.conversions_page(&brand, &keyset, &filter).await.unwrap(), vec![]);
    }
    let own = ConversionFilter { link: Some(link(1, None).id), ..ConversionFilter::default() };
    assert!(!store.conversions_page(&brand, &keyset, &own).await.unwrap().is_empty());
}

fn entry(n: u8, amount_minor: i64, is_waiting: bool) -> Entry {
    Entry {
        id: EntryId::new(NOON.0, [n; 10]),
        key: format!("key {n}"),
        creator: creator(n.min(2)).id,
        order: None,
        rule: None,
        kind: EntryKind::Adjustment,
        currency: Currency::USD,
        amount_minor,
        reason: "a bonus".into(),
        actor: "test".into(),
        created_at: NOON,
        payable_at: NOON,
        needs_approval: is_waiting,
        approved_at: None,
        payout: None,
    }
}

pub async fn commissions_and_payouts_show_how_far_they_are(store: AnyStore) {
    let brand = with_links(&store).await;
    store.adjust(&brand, &entry(1, 1000, false), &audit(1), &NewEvents::default()).await.unwrap();
    store.adjust(&brand, &entry(2, 200, true), &audit(2), &NewEvents::default()).await.unwrap();
    let held = Entry { payable_at: NOON.plus_ms(DAY_MS), ..entry(3, 30, false) };
    store.adjust(&brand, &held, &audit(3), &NewEvents::default()).await.unwrap();
    let payout = |n: u8| Payout {
        id: PayoutId::new(NOON.0, [n; 10]),
        currency: Currency::USD,
        state: PayoutState::Open,
        created_at: NOON,
        closed_at: None,
        actor: "test".into(),
        closed_by: None,
        reference: None,
        items: vec![(creator(1).id, 1000)],
    };
    let found = async |filter: CommissionFilter| {
        let page = store.commissions_page(&brand, &all("led"), &filter, NOON).await.unwrap();
        page.into_iter().map(|one| (one.value.entry.amount_minor, one.value.status)).collect::<Vec<_>>()
    };
    let everything = CommissionFilter::default();

    assert_eq!(found(everything.clone()).await, [(30, Pending), (200, Waiting), (1000, Approved)]);
    let close = async |n: u8, state| {
        let entries = [EntryId::new(NOON.0, [40 + n; 10])];
        assert!(store.create_payout(&brand, &payout(n), &entries, &audit(20 + n)).await.unwrap());
        assert_eq!(found(CommissionFilter { status: Some(InPayout), ..CommissionFilter::default() }).await.len(), 2);
        let entries = [EntryId::new(NOON.0, [60 + n; 10])];
        let events = NewEvents::default();
        let closing = Closing { state, at: NOON, reference: None, entry_ids: &entries, events: &events, mails: &[] };
        assert!(store.close_payout(&brand, &payout(n).id, &closing, &audit(30 + n)).await.unwrap());
    };
    close(1, PayoutState::Cancelled).await;
    close(2, PayoutState::Paid).await;
    assert_eq!(
        found(everything).await,
        [(1000, Cancelled), (-1000, Paid), (-1000, Cancelled), (30, Pending), (200, Waiting), (1000, Paid)]
    );
    assert_eq!(found(CommissionFilter { is_unpaid: Some(true), ..CommissionFilter::default() }).await.len(), 2);
    assert_eq!(found(CommissionFilter { is_unpaid: Some(false), ..CommissionFilter::default() }).await.len(), 4);
    let of_payout = CommissionFilter { payout: Some(payout(2).id), ..CommissionFilter::default() };
    assert_eq!(found(of_payout).await, [(-1000, Paid), (1000, Paid)]);
    let own = CommissionFilter { creator: Some(creator(2).id), ..CommissionFilter::default() };
    assert_eq!(found(own).await, [(30, Pending), (200, Waiting)]);
    let of_order = CommissionFilter { order: Some(order("1", 0).id), ..CommissionFilter::default() };
    assert_eq!(found(of_order).await, vec![]);

    let payouts = async |filter: PayoutFilter| {
        let page = store.payouts_page(&brand, &all("pay"), &filter).await.unwrap();
        page.into_iter().map(|one| (one.value.state, one.value.items)).collect::<Vec<_>>()
    };
    let items = payout(1).items;
    let both = [(PayoutState::Paid, items.clone()), (PayoutState::Cancelled, items)];
    assert_eq!(payouts(PayoutFilter::default()).await, both);
    assert_eq!(payouts(PayoutFilter { creator: Some(creator(1).id), ..PayoutFilter::default() }).await, both);
    assert_eq!(payouts(PayoutFilter { creator: Some(creator(2).id), ..PayoutFilter::default() }).await, vec![]);
    assert_eq!(payouts(PayoutFilter { state: Some(PayoutState::Paid), ..PayoutFilter::default() }).await, both[..1]);
    let euros = PayoutFilter { currency: Currency::parse("EUR"), ..PayoutFilter::default() };
    assert_eq!(payouts(euros).await, vec![]);
}
