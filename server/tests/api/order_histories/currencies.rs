//! Shoppers who pay in another currency than the shop's, and currencies without or with three decimals.

use super::{
    history::{HIGH, History, LOW, PLAIN, Told, changed, edited, only_refund_told, refunded},
    sold::{Refund, Sold},
};

pub(super) fn histories() -> Vec<History> {
    [foreign(), foreign_transactions(), foreign_with_tax_inside(), yen(), dinar()].concat()
}

fn foreign() -> Vec<History> {
    let two = Sold::tax_outside("USD").paid_in("EUR", 10, 11).item(PLAIN, 2, "55.00", "0");
    let line = || Refund::default().line(0, 1, "55.00", "0");
    let one = Sold::tax_outside("USD").paid_in("EUR", 10, 11).item(PLAIN, 1, "220.00", "0");
    let amount = || Refund::default().discrepancy("-22.00", "0").paid("20.00");
    let shipped = Sold::tax_outside("USD").paid_in("EUR", 10, 11).item(PLAIN, 1, "66.00", "0").shipping("11.00", "0");
    vec![
        History::of(
            "a line refund in the shopper's currency",
            "One of two at 55.00 USD is paid back as 50.00 EUR.",
            refunded(&two, &two.later().refund(line().paid("50.00"))),
        )
        .ends("55.00", "55.00", "5.50", "110 − 55 in the shop's currency"),
        History::of(
            "a pending line refund in the shopper's currency",
            "50.00 EUR is on its way.",
            refunded(&two, &two.later().refund(line().discrepancy("55.00", "0").pending("50.00"))),
        )
        .ends("55.00", "55.00", "5.50", "110 − 55"),
        History::of(
            "an amount in the shopper's currency",
            "20.00 EUR is paid back for no line; the adjustment says −22.00 USD.",
            refunded(&one, &one.later().refund(amount())),
        )
        .ends("198.00", "198.00", "19.80", "220 − 22"),
        History::of(
            "an amount in the shopper's currency, told by its topic alone",
            "20.00 EUR, with an adjustment of −22.00 USD.",
            only_refund_told(&one, &one.later().refund(amount())),
        )
        .ends("198.00", "198.00", "19.80", "220 − 22"),
        History::of(
            "shipping in the shopper's currency",
            "Shipping of 11.00 USD is paid back as 10.00 EUR.",
            refunded(&shipped, &shipped.later().refund(Refund::default().shipping("11.00", "0").paid("10.00"))),
        )
        .ends("66.00", "66.00", "6.60", "77 − 11; the goods are all there"),
        History::of(
            "an edit of an order in the shopper's currency",
            "One of two at 55.00 USD is removed.",
            edited(&two, &two.later().left(0, 1)),
        )
        .ends("55.00", "55.00", "5.50", "110 − 55"),
    ]
}

/// Refunds that tell nothing but a transaction: no line, no adjustment, no amount in the shop's currency.
fn foreign_transactions() -> Vec<History> {
    let one = Sold::tax_outside("USD").paid_in("EUR", 10, 11).item(PLAIN, 1, "220.00", "0");
    let abroad = one.later().refund(Refund::default().paid("20.00"));
    let two = Sold::tax_outside("USD").paid_in("EUR", 10, 11).item(PLAIN, 1, "220.00", "0").shipping("22.00", "0");
    let shipped_abroad = two.later().refund(Refund::default().paid("20.00"));
    let pair = Sold::tax_outside("USD").paid_in("EUR", 10, 11).item(PLAIN, 2, "55.00", "0");
    let fewer = pair.later().left(0, 1);
    let settled = fewer.later().refund(Refund::default().paid("50.00"));
    let home = Sold::tax_outside("USD").item(PLAIN, 1, "100.00", "0");
    let at_home = home.later().refund(Refund::default().paid("30.00"));
    vec![
        History::of(
            "only a transaction in the shopper's currency",
            "20.00 EUR of an order of 220.00 USD or 200.00 EUR.",
            refunded(&one, &abroad),
        )
        .ends("198.00", "198.00", "19.80", "20.00 EUR are 22.00 USD at the order's own rate: 220 − 22"),
        History::of(
            "only a transaction in the shopper's currency, told by its topic alone",
            "20.00 EUR of an order of 220.00 USD or 200.00 EUR.",
            only_refund_told(&one, &abroad),
        )
        .ends("198.00", "198.00", "19.80", "20.00 EUR are 22.00 USD at the order's own rate: 220 − 22"),
        History::of(
            "only a transaction in the shopper's currency, of an order with shipping",
            "20.00 EUR of goods of 220.00 and shipping of 22.00 USD.",
            refunded(&two, &shipped_abroad),
        )
        .ends("220.00", "198.00", "19.80", "20.00 EUR are 22.00 USD; an amount comes off the goods: 220 − 22"),
        History::of(
            "only a transaction in the shopper's currency, of an order with shipping, told by its topic alone",
            "20.00 EUR of goods of 220.00 and shipping of 22.00 USD.",
            only_refund_told(&two, &shipped_abroad),
        )
        .ends("220.00", "198.00", "19.80", "20.00 EUR are 22.00 USD; an amount comes off the goods: 220 − 22"),
        History::of(
            "what an edit left overpaid is paid back in the shopper's currency",
            "One of two at 55.00 USD is removed; 50.00 EUR is paid back, told by a transaction alone.",
            [Told::Created(pair), Told::Updated(fewer), Told::Updated(settled)],
        )
        .ends("55.00", "55.00", "5.50", "50.00 EUR are the 55.00 USD that the edit took away already"),
        History::of(
            "only a declined transaction in the shopper's currency",
            "20.00 EUR were to be paid back.",
            refunded(&two, &two.later().refund(Refund::default().declined("20.00"))),
        )
        .ends("242.00", "220.00", "22.00", "nothing was paid back"),
        History::of("only a transaction in the shop's currency", "30.00 of 100.00.", refunded(&home, &at_home)).ends(
            "70.00",
            "70.00",
            "7.00",
            "100 − 30",
        ),
    ]
}

fn foreign_with_tax_inside() -> Vec<History> {
    // 160 yen for a euro: 1.6 yen for a cent.
    let two = Sold::tax_inside("EUR").paid_in("JPY", 16, 10).item(PLAIN, 2, "102.00", "34.00");
    let line = || Refund::default().line(0, 1, "102.00", "17.00");
    let rates =
        Sold::tax_inside("EUR").paid_in("USD", 11, 10).item(HIGH, 1, "60.00", "10.00").item(LOW, 1, "60.00", "10.00");
    vec![
        History::of(
            "a line refund with tax inside, in yen",
            "One of two at 102.00 EUR incl. 17.00 is paid back as 16,320 JPY.",
            refunded(&two, &two.later().refund(line().paid("16320"))),
        )
        .ends(
            "102.00",
            "85.00",
            "8.50",
            "one is left: 102 − 17 tax; the tax is inside the subtotal, not beside it",
        ),
        History::of(
            "a line refund with tax inside, in yen, told by its topic alone",
            "16,320 JPY for 102.00 EUR incl. 17.00.",
            only_refund_told(&two, &two.later().refund(line().paid("16320"))),
        )
        .ends("102.00", "85.00", "8.50", "204 − 102; 170 − 85"),
        History::of(
            "20 % and 5 % with tax inside, paid in dollars",
            "The line at 5 %, 60.00 EUR incl. 10.00, is paid back as 66.00 USD.",
            refunded(&rates, &rates.later().refund(Refund::default().line(1, 1, "60.00", "10.00").paid("66.00"))),
        )
        .ends("60.00", "50.00", "10.00", "60 − 10 tax = 50 at 20 %"),
    ]
}

fn yen() -> Vec<History> {
    let outside = Sold::tax_outside("JPY").item(PLAIN, 2, "1001", "200");
    let inside = Sold::tax_inside("JPY").item(PLAIN, 3, "1100", "300");
    let rates = Sold::tax_outside("JPY").item(HIGH, 1, "999", "0").item(LOW, 1, "1001", "0").shipping("500", "0");
    let pending = Refund::default().line(0, 1, "1100", "100").discrepancy("1100", "0").pending("1100");
    vec![
        History::of("yen, edit down", "One of two at 1001 with tax 100 is removed.", {
            edited(&outside, &outside.later().left(0, 1))
        })
        .ends("1101", "1001", "100", "1001 + 100; 10 % of 1001 is 100.1 yen"),
        History::of(
            "yen, tax inside, a line refund",
            "One of three at 1100 incl. 100 is paid back.",
            refunded(&inside, &inside.later().refund(Refund::default().line(0, 1, "1100", "100").paid("1100"))),
        )
        .ends("2200", "2000", "200", "3300 − 1100; 3000 − 1000"),
        History::of("yen, tax inside, a pending line refund", "1100 incl. 100 is on its way.", {
            refunded(&inside, &inside.later().refund(pending))
        })
        .ends("2200", "2000", "200", "3300 − 1100; 3000 − 1000"),
        History::of("yen, tax inside, edit up", "A line of 550 incl. 50 is added.", {
            edited(&inside, &inside.later().item(PLAIN, 1, "550", "50"))
        })
        .ends("3850", "3500", "350", "3300 + 550; 3000 + 500"),
        History::of(
            "yen, two rates, shipping refunded",
            "999 at 20 %, 1001 at 5 %; shipping of 500 is paid back.",
            refunded(&rates, &rates.later().refund(Refund::default().shipping("500", "0").paid("500"))),
        )
        .ends("2000", "2000", "250", "20 % of 999 is 199.8, so 200; 5 % of 1001 is 50.05, so 50"),
    ]
}

fn dinar() -> Vec<History> {
    let outside = Sold::tax_outside("KWD").item(PLAIN, 3, "10.125", "0");
    let inside = Sold::tax_inside("KWD").item(PLAIN, 2, "5.250", "0.500");
    let abroad = Sold::tax_outside("KWD").paid_in("USD", 325, 1000).item(PLAIN, 2, "40.000", "0");
    let rates = Sold::tax_outside("KWD").item(HIGH, 1, "1.005", "0").item(LOW, 1, "2.000", "0.100");
    vec![
        History::of(
            "dinar, an amount only",
            "0.375 is paid back for no line.",
            refunded(&outside, &outside.later().refund(Refund::default().discrepancy("-0.375", "0").paid("0.375"))),
        )
        .ends("30.000", "30.000", "3.000", "30.375 − 0.375"),
        History::of("dinar, tax inside, edit down", "One of two at 5.250 incl. 0.250 is removed.", {
            edited(&inside, &inside.later().left(0, 1))
        })
        .ends("5.250", "5.000", "0.500", "5.250 − 0.250 tax"),
        History::of(
            "dinar, a line refund in dollars",
            "One of two at 40.000 KWD is paid back as 130.00 USD.",
            refunded(&abroad, &abroad.later().refund(Refund::default().line(0, 1, "40.000", "0").paid("130.00"))),
        )
        .ends("40.000", "40.000", "4.000", "80 − 40"),
        History::of(
            "dinar, two rates, the second refunded and the order told twice",
            "1.005 at 20 % and 2.000 at 5 % with tax 0.100.",
            {
                let after = rates.later().refund(Refund::default().line(1, 1, "2.000", "0.100").paid("2.100"));
                let again = Told::Updated(after.later());
                [refunded(&rates, &after), vec![again]].concat()
            },
        )
        .ends("1.005", "1.005", "0.201", "20 % of 1.005"),
        History::of("dinar, unchanged", "3 × 10.125.", changed(&outside, &outside.later())).ends(
            "30.375",
            "30.375",
            "3.038",
            "10 % is 3.0375, half a fils upward",
        ),
    ]
}
