//! Requirements on every adapter: `store::order_list`.

use domain::{
    BrandId, CampaignId, OrderId,
    order::{Order, OrderDetails, OrderFlag, OrderSource},
    outcome::Unattributed,
};

use crate::{
    conformance::fixtures::{AnyStore, NOON, creator, link, order, settle, settle_job, today, with_links},
    order_list::{CreditState, ListedOrder, OrderListFilter, OrderListOrder, OrderListPage, OrderSearch, OrderSort},
    orders::Refund,
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

fn names(found: &[ListedOrder]) -> Vec<&str> {
    found.iter().map(|listed| listed.record.order.external_id.as_str()).collect()
}

const NEWEST_FIRST: OrderListOrder = OrderListOrder { by: OrderSort::Placed, is_ascending: false };

async fn listed(store: &AnyStore, brand: &BrandId, filter: OrderListFilter) -> Vec<String> {
    let found = store.listed_orders(brand, NEWEST_FIRST, &OrderListPage::First, &filter, 10).await.unwrap();
    names(&found).into_iter().map(str::to_owned).collect()
}

pub async fn orders_are_listed_newest_first_and_paged_both_ways(store: AnyStore) {
    let brand = with_links(&store).await;
    for n in 0..6 {
        put(&store, &nth(n)).await;
    }
    let all = OrderListFilter::default();
    let page = async |page: OrderListPage| store.listed_orders(&brand, NEWEST_FIRST, &page, &all, 2).await.unwrap();
    let place = |found: &[ListedOrder], index: usize| found[index].place.clone();
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

pub async fn lists_are_sorted_in_both_directions(store: AnyStore) {
    let brand = with_links(&store).await;
    // Two orders of one revenue, and times in another order than revenues.
    for (n, minor) in [(0, 3_000), (1, 1_000), (2, 2_000), (3, 2_000), (4, 500)] {
        put(&store, &Order { total_minor: minor, subtotal_minor: minor, ..nth(n) }).await;
    }
    let all = OrderListFilter::default();
    let page = async |by, is_ascending, page: OrderListPage, limit| {
        let order = OrderListOrder { by, is_ascending };
        store.listed_orders(&brand, order, &page, &all, limit).await.unwrap()
    };
    let (first, by) = (OrderListPage::First, OrderSort::Revenue);
    assert_eq!(names(&page(by, false, first.clone(), 9).await), ["1000", "1003", "1002", "1001", "1004"]);
    assert_eq!(names(&page(by, true, first.clone(), 9).await), ["1004", "1001", "1002", "1003", "1000"]);
    assert_eq!(names(&page(OrderSort::Placed, true, first.clone(), 2).await), ["1000", "1001"]);
    for is_ascending in [false, true] {
        let whole = page(by, is_ascending, first.clone(), 9).await;
        for index in 0..whole.len() {
            let place = whole[index].place.clone();
            let after = page(by, is_ascending, OrderListPage::After(place.clone()), 2).await;
            let before = page(by, is_ascending, OrderListPage::Before(place), 2).await;
            assert_eq!(names(&after), names(&whole[index + 1..whole.len().min(index + 3)]));
            assert_eq!(names(&before), names(&whole[index.saturating_sub(2)..index]));
        }
    }
    // A refund moves an order once it is settled; a period still bounds the list.
    let refund = Refund {
        order_external_id: "1000".into(),
        external_id: "r1".into(),
        amount_minor: 2_900,
        currency: domain::Currency::USD,
        at: NOON,
        subtotal_minor: None,
        lines: vec![],
        reason: None,
    };
    store.put_refund(&brand, &refund, &settle_job).await.unwrap();
    settle(&store, &brand, "1000").await;
    let order = OrderListOrder { by, is_ascending: false };
    let minute = OrderListFilter { until: NOON.plus_ms(60_000), ..all.clone() };
    let listed = store.listed_orders(&brand, order, &first, &minute, 9).await.unwrap();
    assert_eq!(names(&listed), ["1001", "1000"]);
    assert_eq!(listed[1].place.0, 100);
    let nobody = OrderListFilter { credit: CreditState::Unattributed(None), ..all.clone() };
    assert!(store.listed_orders(&brand, order, &first, &nobody, 9).await.unwrap().is_empty());
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
    let before = OrderListPage::Before((NOON.plus_ms(60_000).0, orders[2].id.to_string()));
    let newer =
        store.listed_orders(&brand, NEWEST_FIRST, &before, &by(CreditState::Unattributed(None)), 1).await.unwrap();
    assert_eq!(names(&newer), ["1003"]);

    let of = |n| OrderListFilter { creator: Some(creator(n).id), ..any.clone() };
    assert_eq!(listed(&store, &brand, of(1)).await, ["1000"]);
    assert_eq!(listed(&store, &brand, of(2)).await.len(), 0);
    let of_link = |n| OrderListFilter { link: Some(link(n, None).id), ..any.clone() };
    assert_eq!(listed(&store, &brand, of_link(1)).await, ["1000"]);
    assert_eq!(listed(&store, &brand, of_link(2)).await.len(), 0);
    let of_campaign = OrderListFilter { campaign: Some(CampaignId::new(1, [1; 10])), ..any.clone() };
    assert_eq!(listed(&store, &brand, of_campaign).await.len(), 0);
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
