//! Requirements on every adapter: `store::order_list`.

use domain::{
    BrandId, OrderId,
    order::{Order, OrderDetails, OrderFlag, OrderSource},
    outcome::Unattributed,
};

use crate::{
    conformance::fixtures::{AnyStore, NOON, creator, order, settle, settle_job, today, with_links},
    order_list::{CreditState, OrderListFilter, OrderListPage, OrderSearch},
    orders::{OrderRecord, Refund},
};

/// The nth order, a minute after the one before; two orders share each minute.
fn nth(n: u8) -> Order {
    let external_id = format!("10{n:02}");
    let placed_at = NOON.plus_ms(i64::from(n / 2) * 60_000);
    Order { id: OrderId::new(1, [n; 10]), placed_at, ..order(&external_id, 1_000) }
}

async fn put(store: &AnyStore, order: &Order) {
    store.put_order(order, today(), &settle_job).await.unwrap();
}

fn names(found: &[OrderRecord]) -> Vec<&str> {
    found.iter().map(|record| record.order.external_id.as_str()).collect()
}

async fn listed(store: &AnyStore, brand: &BrandId, filter: OrderListFilter) -> Vec<String> {
    let found = store.listed_orders(brand, &OrderListPage::First, &filter, 10).await.unwrap();
    names(&found).into_iter().map(str::to_owned).collect()
}

pub async fn orders_are_listed_newest_first_and_paged_both_ways(store: AnyStore) {
    let brand = with_links(&store).await;
    for n in 0..6 {
        put(&store, &nth(n)).await;
    }
    let all = OrderListFilter::default();
    let page = async |page: OrderListPage| store.listed_orders(&brand, &page, &all, 2).await.unwrap();
    let place = |found: &[OrderRecord], index: usize| (found[index].order.placed_at, found[index].order.id.to_string());
    let first = page(OrderListPage::First).await;
    assert_eq!(names(&first), ["1005", "1004"]);
    let second = page(OrderListPage::After(place(&first, 1))).await;
    assert_eq!(names(&second), ["1003", "1002"]);
    // A page may end between two orders of one time.
    let between = page(OrderListPage::After(place(&second, 0))).await;
    assert_eq!(names(&between), ["1002", "1001"]);
    assert_eq!(names(&page(OrderListPage::Before(place(&between, 0))).await), ["1004", "1003"]);
    assert_eq!(names(&page(OrderListPage::Before(place(&second, 0))).await), ["1005", "1004"]);
    assert_eq!(page(OrderListPage::Before(place(&first, 0))).await, []);
    let last = page(OrderListPage::After(place(&between, 1))).await;
    assert_eq!(names(&last), ["1000"]);
    let minute = OrderListFilter { from: NOON.plus_ms(60_000), until: NOON.plus_ms(120_000), ..all.clone() };
    assert_eq!(listed(&store, &brand, minute).await, ["1003", "1002"], "the end is excluded");
}

pub async fn lists_are_filtered_and_searched(store: AnyStore) {
    let brand = with_links(&store).await;
    // Credited by its cart, of an unknown code, of nothing, of a backend with a flag, and refunded.
    let unknown = domain::link::LinkCode::parse("zzzzzzzz");
    assert!(unknown.is_some());
    let flagged = OrderDetails { flags: vec![OrderFlag::MixedRefund], ..OrderDetails::default() };
    let bare = |n: u8| Order { cart_ref: None, promo_codes: vec![], ..nth(n) };
    let orders = [
        nth(0),
        Order { cart_ref: unknown, ..bare(1) },
        Order { name: "50%_OFF".to_owned(), ..bare(2) },
        Order { source: OrderSource::Api, details: flagged, ..bare(3) },
        Order { total_minor: 5_000, ..bare(4) },
    ];
    for order in &orders {
        put(&store, order).await;
    }
    let refund = Refund {
        order_external_id: "1004".into(),
        external_id: "r1".into(),
        amount_minor: 100,
        currency: domain::Currency::USD,
        at: NOON,
        subtotal_minor: None,
        lines: vec![],
        reason: None,
    };
    store.put_refund(&brand, &refund, &settle_job).await.unwrap();
    for order in &orders {
        settle(&store, &brand, &order.external_id).await;
    }
    put(&store, &bare(5)).await;

    let any = OrderListFilter::default();
    let by = |credit| OrderListFilter { credit, ..OrderListFilter::default() };
    assert_eq!(listed(&store, &brand, any.clone()).await.len(), 6, "the last is not settled yet");
    assert_eq!(listed(&store, &brand, by(CreditState::Credited)).await, ["1000"]);
    let nobody = listed(&store, &brand, by(CreditState::Unattributed(None))).await;
    assert_eq!(nobody, ["1004", "1003", "1002", "1001"]);
    let unknown = by(CreditState::Unattributed(Some(Unattributed::UnknownCode)));
    assert_eq!(listed(&store, &brand, unknown).await, ["1001"]);
    let before = OrderListPage::Before((NOON.plus_ms(60_000), orders[2].id.to_string()));
    let newer = store.listed_orders(&brand, &before, &by(CreditState::Unattributed(None)), 1).await.unwrap();
    assert_eq!(names(&newer), ["1003"]);

    let of = |n| OrderListFilter { creator: Some(creator(n).id), ..any.clone() };
    assert_eq!(listed(&store, &brand, of(1)).await, ["1000"]);
    assert_eq!(listed(&store, &brand, of(2)).await.len(), 0);
    let reported = OrderListFilter { source: Some(OrderSource::Api), ..any.clone() };
    assert_eq!(listed(&store, &brand, reported).await, ["1003"]);
    assert_eq!(listed(&store, &brand, OrderListFilter { is_refunded: true, ..any.clone() }).await, ["1004"]);
    assert_eq!(listed(&store, &brand, OrderListFilter { needs_review: true, ..any.clone() }).await, ["1003"]);

    let search = |name: &str, ids: &[&str]| OrderListFilter {
        search: Some(OrderSearch { name: name.into(), external_ids: ids.iter().map(ToString::to_string).collect() }),
        ..any.clone()
    };
    assert_eq!(listed(&store, &brand, search("#100", &[])).await.len(), 5);
    assert_eq!(listed(&store, &brand, search("%_off", &[])).await, ["1002"], "no pattern, and in any case");
    assert_eq!(listed(&store, &brand, search("nothing", &["1001", "1004"])).await, ["1004", "1001"]);
    assert_eq!(listed(&store, &brand, search("nothing", &[])).await.len(), 0);
}
