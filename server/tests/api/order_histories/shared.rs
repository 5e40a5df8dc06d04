//! Orders that two creators share, each with a rate of their own.

use std::collections::BTreeMap;

use domain::{Currency, Money};
use flow::{commission::NewRule, policy::NewPolicy};

use super::{
    Placed,
    arrival::{orders_of_arrival, settle},
    figures,
    history::{HIGH, PLAIN, Told},
    sold::{Refund, Sender, Sold},
};
use crate::{
    actions::{creator_with_link, install, percent, rule},
    customers::click,
    test_server::{PV, TestServer},
};

/// Goods of 60.00 at 20 % and 40.00 at 10 %; the first are removed; then 10.00 is paid back for no line.
fn told() -> Vec<Told> {
    let sold = Sold::tax_outside("USD").item(HIGH, 1, "60.00", "0").item(PLAIN, 1, "40.00", "0");
    let edited = sold.later().left(0, 0);
    let paid_back = edited.later().refund(Refund::default().discrepancy("-10.00", "0").paid("10.00"));
    vec![Told::Created(sold), Told::Updated(edited), Told::Refunded(paid_back.clone(), 0), Told::Updated(paid_back)]
}

/// Ana earns what the products' rules pay, Ben 15 % whatever the product; a linear policy gives each half.
async fn two_creators_earn_their_own_rates_of_what_is_left(server: TestServer) {
    install(&server).await;
    let linear = NewPolicy {
        model: "linear".into(),
        precedence: ["manual", "promo", "visit", "survey"].map(str::to_owned).to_vec(),
        lookback_days: 30,
        from: String::new(),
    };
    server.flow().policies().save(&server.merchant, &linear).await.unwrap();
    let (ana, anas_link) = creator_with_link(&server, "Ana", "").await;
    let (ben, bens_link) = creator_with_link(&server, "Ben", "").await;
    rule(&server, percent("10")).await;
    rule(&server, NewRule { scope: "product".into(), of: HIGH.to_string(), ..percent("20") }).await;
    rule(&server, NewRule { scope: "creator".into(), of: ben.to_string(), ..percent("15") }).await;
    for link in [&anas_link, &bens_link] {
        click(&server, link.code.as_str(), PV).await;
        server.clock.advance(1_000);
    }
    let told = told();
    let sender = Sender::Visitor(PV.to_owned());
    let usd = |text: &str| Money::parse(text, Currency::USD).unwrap().minor;
    // How many messages have come, what is left, and what each creator has earned of it.
    let steps = [
        (1, "100.00", "8.00", "7.50"), // half of 20 % of 60 and 10 % of 40; half of 15 % of 100
        (2, "40.00", "2.00", "3.00"),  // half of 10 % of 40; half of 15 % of 40
        (4, "30.00", "1.50", "2.25"),  // half of 10 % of 30; half of 15 % of 30
    ];
    let check = async |order: &Placed, (_, net, anas, bens): (usize, &str, &str, &str)| {
        let expected = BTreeMap::from([(ana.clone(), usd(anas)), (ben.clone(), usd(bens))]);
        let found = figures(&server, order, Currency::USD).await;
        assert_eq!(found, Some((usd(net), expected)), "arrival {:?}", order.arrival);
    };
    for (index, arrival) in orders_of_arrival(told.len(), true).into_iter().enumerate() {
        let id = 5_000 + index as u64;
        let messages: Vec<_> = arrival.iter().map(|nth| told[*nth].message(id, &sender)).collect();
        let order = Placed { id, history: 0, creator: ana.clone(), is_base: false, arrival, messages: Vec::new() };
        for (count, (topic, body)) in messages.iter().enumerate() {
            assert_eq!(server.deliver(topic, &format!("{id}-{count}"), body).await, 200);
            settle(&server).await;
            if index == 0
                && let Some(step) = steps.iter().find(|(after, ..)| *after == count + 1)
            {
                check(&order, *step).await;
            }
        }
        check(&order, steps[2]).await;
    }
    server.stop().await;
}

on_both_engines!(two_creators_earn_their_own_rates_of_what_is_left);
