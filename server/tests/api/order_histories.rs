//! What orders end in, whatever Shopify sends and in whatever order it arrives: a table of histories, each with its
//! figures and their calculation in words.

mod arrival;
mod currencies;
mod edits;
mod goods;
mod history;
mod random;
mod refunds;
mod shared;
mod sold;

use std::{collections::BTreeMap, sync::Arc};

use domain::{CreatorId, Currency, Money, OrderId, time::Period};
use flow::commission::NewRule;

use crate::{
    actions::{creator_with_link, get_attribution, install, percent, rule},
    order_histories::{
        arrival::{orders_of_arrival, settle},
        history::{Creator, HIGH, History, LOW},
        sold::Sender,
    },
    test_server::{Engine, TestServer, start},
};

/// The discount code that names Ben.
const BENS_CODE: &str = "BEN15";
/// Clients that deliver at the same time.
const CLIENTS: usize = 8;

fn table() -> Vec<History> {
    [edits::histories(), refunds::histories(), currencies::histories(), goods::histories()].concat()
}

/// An order that goes through a history, with its deliveries in their order of arrival.
struct Placed {
    id: u64,
    history: usize,
    /// Who is credited.
    creator: CreatorId,
    /// Credited to the creator who is paid the whole base, so that the commission is the base.
    is_base: bool,
    arrival: Vec<usize>,
    /// Topic, webhook id and body.
    messages: Vec<(&'static str, String, String)>,
}

/// The creators of the test and how an order names each.
struct Creators {
    ana: (CreatorId, Sender),
    ben: (CreatorId, Sender),
    /// Paid 100 % of the base.
    whole: (CreatorId, Sender),
}

async fn creators(server: &TestServer) -> Creators {
    let (ana, anas_link) = creator_with_link(server, "Ana", "").await;
    let (ben, _) = creator_with_link(server, "Ben", BENS_CODE).await;
    let (whole, link) = creator_with_link(server, "Whole", "").await;
    rule(server, percent("10")).await;
    for (scope, of, rate) in [
        ("product", HIGH.to_string(), "20"),
        ("product", LOW.to_string(), "5"),
        ("creator", ben.to_string(), "15"),
        ("creator", whole.to_string(), "100"),
    ] {
        rule(server, NewRule { scope: scope.into(), of, ..percent(rate) }).await;
    }
    Creators {
        ana: (ana, Sender::Cart(anas_link.code.to_string())),
        ben: (ben, Sender::Code(BENS_CODE.into())),
        whole: (whole, Sender::Cart(link.code.to_string())),
    }
}

/// One order for every history and order of arrival, and two more per history that show its base.
fn placed(table: &[History], creators: &Creators, is_every_order: bool) -> Vec<Placed> {
    let mut orders = Vec::new();
    for (index, history) in table.iter().enumerate() {
        let arrivals = orders_of_arrival(history.told.len(), is_every_order);
        let by = match history.by {
            Creator::Ana => &creators.ana,
            Creator::Ben => &creators.ben,
        };
        let shown = arrivals.iter().map(|arrival| (by, arrival, false));
        let base = arrivals.iter().take(2).map(|arrival| (&creators.whole, arrival, true));
        for ((creator, sender), arrival, is_base) in shown.chain(base) {
            let id = 1_000 + orders.len() as u64;
            let message = |(number, told): (usize, &usize)| {
                let (topic, body) = history.told[*told].message(id, sender);
                (topic, format!("{id}-{number}"), body)
            };
            let mut messages: Vec<_> = arrival.iter().enumerate().map(message).collect();
            // The first is repeated at once, and again at the end under another delivery id.
            let (topic, delivery, body) = messages[0].clone();
            messages.insert(1, (topic, delivery, body.clone()));
            messages.push((topic, format!("{id}-again"), body));
            let (creator, arrival) = (creator.clone(), arrival.clone());
            orders.push(Placed { id, history: index, creator, is_base, arrival, messages });
        }
    }
    orders
}

/// Delivers the n-th message of every order and processes all, then the next.
async fn deliver(server: &Arc<TestServer>, orders: &Arc<Vec<Placed>>) {
    let rounds = orders.iter().map(|order| order.messages.len()).max().unwrap_or(0);
    for round in 0..rounds {
        let mut clients = tokio::task::JoinSet::new();
        for client in 0..CLIENTS {
            let (server, orders) = (server.clone(), orders.clone());
            clients.spawn(async move {
                for order in orders.iter().skip(client).step_by(CLIENTS) {
                    if let Some((topic, id, body)) = order.messages.get(round) {
                        assert_eq!(server.deliver(topic, id, body).await, 200, "{topic} {body}");
                    }
                }
            });
        }
        clients.join_all().await;
        settle(server).await;
    }
}

/// Net revenue and commissions by creator of an order, as the server tells them. `None` if it shows no such order.
async fn figures(server: &TestServer, order: &Placed, currency: Currency) -> Option<(i64, BTreeMap<CreatorId, i64>)> {
    let (status, answer) = get_attribution(server, &order.id.to_string()).await;
    if status != 200 {
        return None;
    }
    let net = Money::parse(answer["order"]["net"].as_str().unwrap(), currency).unwrap().minor;
    let id: OrderId = answer["order"]["id"].as_str().unwrap().parse().unwrap();
    let mut earned = BTreeMap::new();
    for entry in server.flow().commissions().ledger_of_order(&server.merchant, &id).await.unwrap() {
        assert_eq!(entry.currency, currency);
        *earned.entry(entry.creator).or_default() += entry.amount_minor;
    }
    earned.retain(|_, minor| *minor != 0);
    Some((net, earned))
}

/// What is wrong with an order's figures, if anything.
async fn fault(server: &TestServer, order: &Placed, history: &History) -> Option<String> {
    let currency = history.currency();
    let found = figures(server, order, currency).await;
    let show = |minor: i64| Money { minor, currency }.to_decimal();
    let Some([revenue, base, commission]) = history.expected else {
        let is_silent = found.is_none_or(|(_, earned)| earned.is_empty());
        return (!is_silent).then(|| "it earned a commission".to_owned());
    };
    let Some((net, earned)) = found else { return Some("not found".to_owned()) };
    let wanted = if order.is_base { base } else { commission };
    let paid = earned.get(&order.creator).copied().unwrap_or(0);
    let others = earned.len() - usize::from(earned.contains_key(&order.creator));
    (net != revenue || paid != wanted || others != 0).then(|| {
        let what = if order.is_base { "base" } else { "commission" };
        format!(
            "arrival {:?}: revenue {} (expected {}), {what} {} (expected {}), {others} other creators",
            order.arrival,
            show(net),
            show(revenue),
            show(paid),
            show(wanted)
        )
    })
}

/// Every wrong history with the first of its faults, and the sums of the reports if they are wrong.
async fn faults(server: &TestServer, table: &[History], orders: &[Placed]) -> Vec<String> {
    let mut wrong: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    let (mut revenue, mut earned): (BTreeMap<Currency, i64>, BTreeMap<_, i64>) = (BTreeMap::new(), BTreeMap::new());
    for order in orders {
        let history = &table[order.history];
        let of_base = order.is_base;
        if let Some([net, base, commission]) = history.expected {
            *revenue.entry(history.currency()).or_default() += net;
            let amount = if of_base { base } else { commission };
            *earned.entry((order.creator.clone(), history.currency())).or_default() += amount;
        }
        if let Some(fault) = fault(server, order, history).await {
            wrong.entry(order.history).or_default().push(fault);
        }
    }
    let mut lines: Vec<String> = wrong
        .iter()
        .map(|(index, faults)| {
            let History { name, story, because, .. } = &table[*index];
            format!("{name}: {story} {because}. Wrong in {} orders, first: {}", faults.len(), faults[0])
        })
        .collect();
    let period = Period::last(30, server.flow().reports().today(server.merchant.brand()));
    let told = server.flow().reports().overview(&server.merchant, period).await.unwrap();
    if told.orders.revenue != revenue {
        lines.push(format!("overview: {:?}, expected {revenue:?}", told.orders.revenue));
    }
    let balances = server.flow().commissions().balances(&server.merchant).await.unwrap();
    let balances: BTreeMap<_, i64> = balances
        .into_iter()
        .map(|balance| ((balance.creator, balance.currency), balance.held_minor + balance.payable_minor))
        .collect();
    if balances != earned {
        lines.push(format!("balances: {balances:?}, expected {earned:?}"));
    }
    lines
}

async fn every_history_ends_in_its_figures(engine: Engine, is_every_order: bool) {
    let server = Arc::new(start(engine).await);
    install(&server).await;
    let table = table();
    let creators = creators(&server).await;
    let orders = Arc::new(placed(&table, &creators, is_every_order));
    deliver(&server, &orders).await;
    let faults = faults(&server, &table, &orders).await;
    assert!(faults.is_empty(), "{} faults in {} histories:\n{}", faults.len(), table.len(), faults.join("\n"));
    Arc::into_inner(server).unwrap().stop().await;
}

#[test]
fn the_table_has_many_histories_with_distinct_names() {
    let table = table();
    let names: std::collections::BTreeSet<_> = table.iter().map(|history| history.name).collect();
    assert_eq!(names.len(), table.len());
    assert!(table.len() >= 110, "{}", table.len());
}

mod sqlite {
    #[tokio::test(flavor = "multi_thread")]
    async fn every_history_ends_in_its_figures_in_every_order_of_arrival() {
        super::every_history_ends_in_its_figures(super::Engine::Sqlite, true).await;
    }
}

mod postgres {
    /// Forward and backward only: the rules are the same code, the database is slower.
    #[tokio::test(flavor = "multi_thread")]
    async fn every_history_ends_in_its_figures_forward_and_backward() {
        super::every_history_ends_in_its_figures(super::Engine::Postgres, false).await;
    }
}
