//! Random histories at scale: whatever the order of arrival, with repeats, and with gaps that the newest body closes,
//! they end in the same ledger as in order.

use std::collections::BTreeMap;

use domain::{CreatorId, brand::Brand};
use flow::Flow;
use sha2::{Digest, Sha256};
use shopify::order::{ShopifyOrder, ShopifyRefund, read_order, read_refund};

use super::{
    arrival::{Chance, settle},
    history::{HIGH, LOW, PLAIN, Told},
    sold::{Refund, Sender, Sold},
};
use crate::{
    actions::{creator_with_link, percent, rule},
    test_server::{Engine, TestServer, start},
};

/// Histories stored between two settlements of all.
const CHUNK: usize = 2_000;
/// Writers at the same time.
const WRITERS: usize = 8;
/// Entries per page of an export.
const PAGE: i64 = 1_000;

/// A message as Shopify's webhook is read.
#[derive(Clone)]
enum Message {
    Order(Box<ShopifyOrder>),
    Refund(ShopifyRefund),
}

/// A history: what was told in order, and the net revenue it ends in by the plain rule, minor units.
struct Story {
    told: Vec<Told>,
    net_minor: i64,
}

/// How a world hears of the histories.
#[derive(Clone, Copy)]
enum Hearing {
    InOrder,
    /// In any order, with repeats; or with gaps, closed by the newest body.
    Shuffled,
}

fn amount(chance: &mut Chance, sold: &Sold, up_to: usize) -> String {
    let minor = 1 + i64::try_from(chance.below(up_to)).unwrap();
    domain::Money { minor, currency: sold.currency() }.to_decimal()
}

fn line(chance: &mut Chance, sold: Sold) -> Sold {
    let product = [PLAIN, HIGH, LOW][chance.below(3)];
    let quantity = 1 + i64::try_from(chance.below(3)).unwrap();
    let price = 100 + i64::try_from(chance.below(9_900)).unwrap();
    let text = |minor: i64| domain::Money { minor, currency: sold.currency() }.to_decimal();
    let (price, tax, discount) =
        (text(price), text(if chance.below(3) == 0 { 0 } else { price * quantity / 11 }), text(price * quantity / 5));
    let with = sold.item(product, quantity, &price, &tax);
    if chance.below(4) == 0 { with.discounted(&discount) } else { with }
}

fn sold(chance: &mut Chance) -> Sold {
    let mut sold = match chance.below(5) {
        0 => Sold::tax_outside("USD"),
        1 => Sold::tax_inside("EUR"),
        2 => Sold::tax_inside("JPY"),
        3 => Sold::tax_outside("KWD"),
        _ => Sold::tax_inside("USD").paid_in("EUR", 10, 11),
    };
    for _ in 0..=chance.below(3) {
        sold = line(chance, sold);
    }
    if chance.below(6) == 0 {
        let price = amount(chance, &sold, 5_000);
        sold = sold.gift_card(PLAIN, &price);
    }
    if chance.below(8) == 0 {
        let tip = amount(chance, &sold, 900);
        sold = sold.tip(&tip);
    }
    if chance.below(2) == 0 {
        let price = amount(chance, &sold, 1_500);
        sold = sold.shipping(&price, "0");
    }
    sold
}

/// The next state with what is told of it. `None` if the order cannot change in the chosen way.
fn step(chance: &mut Chance, before: &Sold) -> Option<(Sold, Vec<Told>)> {
    // Two changes in one second have one `updated_at`.
    let next = if chance.below(5) == 0 { before.at_once() } else { before.later() };
    let pick = |chance: &mut Chance| {
        let lines = before.lines_left();
        (!lines.is_empty()).then(|| lines[chance.below(lines.len())])
    };
    let after = match chance.below(8) {
        0 => line(chance, next),
        1 => {
            let line = pick(chance)?;
            next.left(line, before.units_left(line) - 1)
        }
        2 | 3 => {
            let line = pick(chance)?;
            let (subtotal, tax) = before.unit(line);
            let paid = before.in_shoppers_money(&subtotal, if before.has_tax_inside() { "0" } else { &tax });
            return Some(told_refund(
                chance,
                next.refund(Refund::default().line(line, 1, &subtotal, &tax).paid(&paid)),
            ));
        }
        4 => {
            let amount = amount(chance, before, 2_000);
            let paid = before.in_shoppers_money(&amount, "0");
            let refund = Refund::default().discrepancy(&format!("-{amount}"), "0").paid(&paid);
            return Some(told_refund(chance, next.refund(refund)));
        }
        5 => {
            let (amount, tax) = before.shipping_to_refund()?;
            let paid = before.in_shoppers_money(&amount, &tax);
            return Some(told_refund(chance, next.refund(Refund::default().shipping(&amount, &tax).paid(&paid))));
        }
        6 if chance.below(4) == 0 => {
            let after = next.cancelled();
            return Some((after.clone(), vec![Told::Cancelled(after)]));
        }
        _ => next,
    };
    Some((after.clone(), vec![Told::Edited(after.clone()), Told::Updated(after)]))
}

/// The newest refund by its own topic, by the order's update, or by both.
fn told_refund(chance: &mut Chance, after: Sold) -> (Sold, Vec<Told>) {
    let newest = after.refund_count() - 1;
    let by_topic = Told::Refunded(after.clone(), newest);
    let told = match chance.below(4) {
        0 => vec![by_topic],
        1 => vec![Told::Updated(after.clone())],
        _ => vec![by_topic, Told::Updated(after.clone())],
    };
    (after, told)
}

fn story(chance: &mut Chance) -> Story {
    let mut state = sold(chance);
    let mut told = vec![Told::Created(state.clone())];
    for _ in 0..=chance.below(5) {
        if let Some((after, news)) = step(chance, &state) {
            state = after;
            told.extend(news);
        }
    }
    Story { told, net_minor: state.revenue() }
}

fn is_body(told: &Told) -> bool {
    matches!(told, Told::Created(_) | Told::Updated(_) | Told::Cancelled(_))
}

/// What a world hears of a history, in this order.
fn heard(story: &Story, hearing: Hearing, chance: &mut Chance) -> Vec<Told> {
    let mut heard = story.told.clone();
    if matches!(hearing, Hearing::InOrder) {
        return heard;
    }
    let newest = heard.iter().rposition(is_body).unwrap();
    let reconciled = heard[newest].clone();
    let has_gaps = chance.below(3) == 0;
    if has_gaps {
        // Anything but what is newer than the newest body may be lost.
        let mut index = 0;
        heard.retain(|_| {
            index += 1;
            index > newest + 1 || chance.below(2) == 0
        });
    }
    for _ in 0..chance.below(3) {
        if !heard.is_empty() {
            heard.push(heard[chance.below(heard.len())].clone());
        }
    }
    chance.shuffle(&mut heard);
    if has_gaps {
        heard.push(reconciled);
    }
    heard
}

fn message(told: &Told, order: u64, sender: &Sender) -> Option<Message> {
    let (topic, body) = told.message(order, sender);
    match topic {
        "orders/edited" => None,
        "refunds/create" => Some(Message::Refund(read_refund(body.as_bytes()).unwrap())),
        _ => Some(Message::Order(Box::new(read_order(body.as_bytes()).unwrap()))),
    }
}

async fn record(flow: &Flow, brand: &Brand, message: &Message) {
    let done = match message {
        Message::Order(order) => flow.orders().record_shopify_order(brand, order).await,
        Message::Refund(refund) => flow.orders().record_shopify_refund(brand, refund).await,
    };
    done.unwrap();
}

/// Stores the messages of many orders, the first halves, then the second, and settles after each.
async fn record_all(server: &TestServer, orders: Vec<Vec<Message>>) {
    for is_second in [false, true] {
        let mut writers = tokio::task::JoinSet::new();
        for writer in 0..WRITERS {
            let half = |order: &Vec<Message>| {
                let (first, second) = order.split_at(order.len() / 2);
                if is_second { second.to_vec() } else { first.to_vec() }
            };
            let mine: Vec<Vec<Message>> = orders.iter().skip(writer).step_by(WRITERS).map(half).collect();
            let (flow, brand) = (server.flow().clone(), server.merchant.brand().clone());
            writers.spawn(async move {
                for message in mine.iter().flatten() {
                    record(&flow, &brand, message).await;
                }
            });
        }
        writers.join_all().await;
        settle(server).await;
    }
}

/// Hears all histories and returns a line for each: its net revenue, credits and ledger sums by creator.
async fn world(count: usize, hearing: Hearing) -> Vec<String> {
    let server = start(Engine::Sqlite).await;
    let (ana, link) = creator_with_link(&server, "Ana", "").await;
    let (ben, _) = creator_with_link(&server, "Ben", "BEN15").await;
    rule(&server, percent("10")).await;
    for (scope, of, rate) in
        [("product", HIGH.to_string(), "20"), ("product", LOW.to_string(), "5"), ("creator", ben.to_string(), "15")]
    {
        rule(&server, flow::commission::NewRule { scope: scope.into(), of, ..percent(rate) }).await;
    }
    let senders = [Sender::Cart(link.code.to_string()), Sender::Code("BEN15".into())];
    let mut nets = BTreeMap::new();
    for first in (0..count).step_by(CHUNK) {
        let mut orders = Vec::new();
        for index in first..count.min(first + CHUNK) {
            let (id, seed) = (1_000 + index as u64, index as u64);
            let story = story(&mut Chance(seed));
            let heard = heard(&story, hearing, &mut Chance(!seed));
            orders.push(heard.iter().filter_map(|told| message(told, id, &senders[index % 4 / 3])).collect());
            nets.insert(id.to_string(), story.net_minor);
        }
        record_all(&server, orders).await;
    }
    let names = BTreeMap::from([(ana, "Ana"), (ben, "Ben")]);
    let lines = lines(&server, &names, &nets).await;
    server.stop().await;
    lines
}

async fn lines(server: &TestServer, names: &BTreeMap<CreatorId, &str>, nets: &BTreeMap<String, i64>) -> Vec<String> {
    let (flow, merchant) = (server.flow(), &server.merchant);
    let mut orders = BTreeMap::new();
    let mut after = String::new();
    loop {
        let page = flow.exports().orders(merchant, &after, PAGE).await.unwrap();
        let Some(last) = page.last() else { break };
        after = last.0.id.to_string();
        orders.extend(page.into_iter().map(|(order, _)| (order.id.clone(), order)));
    }
    assert_eq!(orders.len(), nets.len());
    for order in orders.values() {
        assert_eq!(order.net_minor(), nets[&order.external_id], "net revenue of {}", order.external_id);
    }
    let mut credits: BTreeMap<_, Vec<String>> = BTreeMap::new();
    let mut after = (String::new(), -1);
    loop {
        let page = flow.exports().credits(merchant, (&after.0, after.1), PAGE).await.unwrap();
        let Some(last) = page.last() else { break };
        after = (last.order.to_string(), last.position);
        for record in page {
            let name = record.credit.creator.as_ref().map_or("nobody", |creator| names[creator]);
            credits.entry(record.order).or_default().push(format!("{name} {}", record.credit.amount_minor));
        }
    }
    let mut earned: BTreeMap<_, BTreeMap<&str, i64>> = BTreeMap::new();
    let mut before = String::new();
    loop {
        let page = flow.commissions().ledger(merchant, None, &before).await.unwrap();
        let Some(last) = page.last() else { break };
        before = last.id.to_string();
        for entry in page {
            *earned.entry(entry.order.unwrap()).or_default().entry(names[&entry.creator]).or_default() +=
                entry.amount_minor;
        }
    }
    let line = |(id, order): (&domain::OrderId, &domain::order::Order)| {
        let mut earned = earned.get(id).cloned().unwrap_or_default();
        earned.retain(|_, minor| *minor != 0);
        let credits = credits.get(id).cloned().unwrap_or_default();
        format!("{} {} {} {credits:?} {earned:?}", order.external_id, order.currency, order.net_minor())
    };
    let mut lines: Vec<String> = orders.iter().map(line).collect();
    lines.sort_unstable();
    lines
}

fn hash(lines: &[String]) -> String {
    Sha256::digest(lines.join("\n")).iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn random_histories_end_in_the_same_ledger(count: usize) {
    let (expected, found) = tokio::join!(world(count, Hearing::InOrder), world(count, Hearing::Shuffled));
    let different = expected.iter().zip(&found).filter(|(expected, found)| expected != found);
    let first: Vec<_> = different.clone().take(5).collect();
    assert_eq!(hash(&expected), hash(&found), "{} of {count} differ, such as {first:#?}", different.count());
    assert!(expected.iter().any(|line| line.contains("Ben\": ")), "commissions are in the ledger");
}

#[tokio::test(flavor = "multi_thread")]
async fn some_hundred_random_histories_end_in_the_same_ledger_in_any_order() {
    random_histories_end_in_the_same_ledger(300).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: CONTRIBUTING has the command"]
async fn a_hundred_thousand_random_histories_end_in_the_same_ledger_in_any_order() {
    random_histories_end_in_the_same_ledger(100_000).await;
}
