//! Orders of which money is paid back: lines, amounts, shipping; pending and settled; told by their own topic alone.

use super::{
    history::{HIGH, History, LOW, PLAIN, Told, changed, only_refund_told, refunded},
    sold::{Refund, Sold},
};

pub(super) fn histories() -> Vec<History> {
    [
        lines(),
        quoted(),
        amounts(),
        transactions(),
        shipping(),
        shipping_lines(),
        pending(),
        told_alone(),
        corrected(),
        many(),
        samples(),
    ]
    .concat()
}

fn lines() -> Vec<History> {
    let three = Sold::tax_outside("USD").item(PLAIN, 3, "20.00", "6.00");
    let two = Sold::tax_inside("EUR").item(PLAIN, 2, "102.00", "34.00");
    let one = Sold::tax_inside("EUR").item(PLAIN, 1, "102.00", "17.00");
    let all = Refund::default().line(0, 1, "102.00", "17.00").paid("102.00");
    vec![
        History::of(
            "a line refund, tax outside",
            "One of three at 20.00 with tax 2.00 is paid back.",
            refunded(&three, &three.later().refund(Refund::default().line(0, 1, "20.00", "2.00").paid("22.00"))),
        )
        .ends("44.00", "40.00", "4.00", "66 − 22 = 44; goods 60 − 20 = 40"),
        History::of(
            "a line refund, tax inside",
            "One of two at 102.00 incl. 17.00 is paid back: subtotal 102.00, total_tax 17.00, transaction 102.00.",
            refunded(&two, &two.later().refund(Refund::default().line(0, 1, "102.00", "17.00").paid("102.00"))),
        )
        .ends("102.00", "85.00", "8.50", "one is left: 102 − 17 tax = 85"),
        History::of("everything refunded, tax inside", "The only line is paid back.", {
            refunded(&one, &one.later().refund(all))
        })
        .ends("0.00", "0.00", "0.00", "nothing is left"),
        History::of("an order told only after its refund", "orders/create was lost.", {
            let after = three.later().refund(Refund::default().line(0, 1, "20.00", "2.00").paid("22.00"));
            [Told::Refunded(after.clone(), 0), Told::Updated(after)]
        })
        .ends("44.00", "40.00", "4.00", "as if the first body had come"),
    ]
}

/// Figures quoted from public bodies and threads.
fn quoted() -> Vec<History> {
    let shipped = Sold::tax_outside("USD").item(PLAIN, 1, "40.96", "0").shipping("9.98", "0");
    let whole = Refund::default().line(0, 1, "40.96", "0").shipping("9.98", "0").paid("50.94");
    let large = Sold::tax_outside("USD").item(HIGH, 2, "1000.00", "208.00").item(LOW, 1, "950.00", "98.56");
    let lines = Refund::default().line(0, 2, "2000.00", "208.00").line(1, 1, "950.00", "98.56").paid("3256.56");
    let small = Sold::tax_outside("USD").item(PLAIN, 1, "49.00", "3.28").shipping("4.95", "0");
    let goods_back = small.later().refund(Refund::default().line(0, 1, "49.00", "3.28").paid("52.28"));
    let all_back = goods_back.later().refund(Refund::default().shipping("4.95", "0").paid("4.95"));
    let big = Sold::tax_outside("USD").item(PLAIN, 1, "1800.00", "180.00").shipping("20.00", "0");
    let goodwill = Refund::default().discrepancy("-500.00", "0").paid("500.00");
    vec![
        History::of(
            "50.94 to nothing",
            "A line of 40.96 and shipping of 9.98 are paid back at once.",
            refunded(&shipped, &shipped.later().refund(whole)),
        )
        .ends("0.00", "0.00", "0.00", "50.94 − 40.96 − 9.98 = 0"),
        History::of(
            "3256.56 to nothing",
            "Two lines of 2,950.00 with tax 306.56 are paid back.",
            refunded(&large, &large.later().refund(lines)),
        )
        .ends("0.00", "0.00", "0.00", "3256.56 − 3256.56 = 0"),
        History::of(
            "57.23 to nothing in two refunds",
            "The line with its tax, then shipping.",
            [
                Told::Created(small),
                Told::Refunded(goods_back.clone(), 0),
                Told::Updated(goods_back),
                Told::Refunded(all_back.clone(), 1),
                Told::Updated(all_back),
            ],
        )
        .ends("0.00", "0.00", "0.00", "57.23 − 52.28 − 4.95 = 0"),
        History::of(
            "an amount of 500 only",
            "Of 2,000.00, 500.00 is paid back for no line; current_total_price stays.",
            refunded(&big, &big.later().refund(goodwill)),
        )
        .ends("1500.00", "1300.00", "130.00", "2000 − 500 = 1500; goods 1800 − 500 = 1300"),
    ]
}

fn amounts() -> Vec<History> {
    let inside = Sold::tax_inside("EUR").item(PLAIN, 1, "120.00", "20.00");
    let with_tax = Refund::default().discrepancy("-10.00", "-2.00").paid("12.00");
    let two = Sold::tax_outside("USD").item(PLAIN, 1, "60.00", "0").item(PLAIN, 1, "40.00", "0");
    let line_back = two.later().refund(Refund::default().line(0, 1, "60.00", "0").paid("60.00"));
    let too_much = line_back.later().refund(Refund::default().discrepancy("-60.00", "0").paid("60.00"));
    let kept = Refund::default().line(1, 1, "40.00", "0").discrepancy("5.00", "0").paid("35.00");
    let more = Refund::default().line(1, 1, "40.00", "0").discrepancy("-7.00", "0").paid("47.00");
    vec![
        History::of(
            "an amount only, tax inside",
            "Of 120.00 incl. 20.00, 10.00 and tax 2.00 are paid back for no line.",
            refunded(&inside, &inside.later().refund(with_tax)),
        )
        .ends("108.00", "88.00", "8.80", "120 − 12 = 108; goods without tax 100 − 12 = 88"),
        History::of(
            "more paid back than is left",
            "A line of 60.00, then an amount of 60.00, of an order of 100.00.",
            [
                Told::Created(two.clone()),
                Told::Updated(line_back),
                Told::Refunded(too_much.clone(), 1),
                Told::Updated(too_much),
            ],
        )
        .ends("0.00", "0.00", "0.00", "40 − 60 is below zero"),
        History::of(
            "a return with a fee",
            "A line of 40.00 is returned and 5.00 kept: current_total_price includes the fee.",
            refunded(&two, &two.later().fee("5.00").refund(kept)),
        )
        .ends("65.00", "60.00", "6.00", "60 + fee 5; a fee is no goods"),
        History::of(
            "a line and something more",
            "A line of 40.00 is returned and 47.00 paid back.",
            refunded(&two, &two.later().refund(more)),
        )
        .ends(
            "60.00",
            "60.00",
            "6.00",
            "the current total decides; money beside a refund's lines is not deducted again",
        ),
    ]
}

/// Refunds that tell nothing but a transaction: an amount, or what was overpaid since an edit.
fn transactions() -> Vec<History> {
    let two = Sold::tax_outside("USD").item(PLAIN, 2, "50.00", "10.00");
    let edited = two.later().left(0, 1);
    let after = |paid: &str| {
        let after = edited.later().refund(Refund::default().paid(paid));
        vec![
            Told::Created(two.clone()),
            Told::Updated(edited.clone()),
            Told::Refunded(after.clone(), 0),
            Told::Updated(after),
        ]
    };
    let line_back = two.later().refund(Refund::default().line(0, 1, "50.00", "5.00").paid("55.00"));
    let more = line_back.later().refund(Refund::default().paid("20.00"));
    let shoe = Sold::tax_outside("USD").item(HIGH, 1, "80.00", "0");
    let exchanged = Refund::default().line(0, 1, "80.00", "0").paid("20.00").exchange();
    let exchanged = shoe.later().refund(exchanged).item(LOW, 1, "60.00", "0");
    let sorry = exchanged.later().refund(Refund::default().paid("10.00"));
    let removed = two.later().refund(Refund::default().line(0, 1, "50.00", "5.00"));
    let returned = removed.later().refund(Refund::default().paid("55.00"));
    vec![
        History::of(
            "what an edit left overpaid is paid back",
            "One of two at 50.00 with tax 5.00 is removed; later 55.00 is paid back, told by a transaction alone.",
            after("55.00"),
        )
        .ends("55.00", "50.00", "5.00", "the edit took 55 away already; the money only follows it"),
        History::of(
            "what an edit left overpaid is paid back, and more",
            "One of two is removed; later 65.00 is paid back.",
            after("65.00"),
        )
        .ends("45.00", "40.00", "4.00", "55 was overpaid, and 10 is an amount: 55 − 10; goods 50 − 10"),
        History::of(
            "a removal with a refund row, and its money later",
            "Shopify adds a row without transactions for the removed unit; 55.00 is paid back later.",
            [Told::Created(two.clone()), Told::Updated(removed), Told::Updated(returned)],
        )
        .ends("55.00", "50.00", "5.00", "the row is the edit, the money follows it"),
        History::of(
            "a line refund, then an amount",
            "One of two is paid back, then 20.00, told by a transaction alone.",
            [
                Told::Created(two.clone()),
                Told::Updated(line_back),
                Told::Refunded(more.clone(), 1),
                Told::Updated(more),
            ],
        )
        .ends("35.00", "30.00", "3.00", "110 − 55 − 20; goods 100 − 50 − 20: nothing was overpaid"),
        History::of(
            "an exchange, then an amount",
            "80.00 is exchanged for 60.00 at 5 % and 20.00 paid back; then 10.00, told by a transaction alone.",
            [Told::Created(shoe), Told::Updated(exchanged), Told::Updated(sorry)],
        )
        .ends("50.00", "50.00", "2.50", "60 − 10; 5 % of 50"),
    ]
}

fn shipping() -> Vec<History> {
    let outside = Sold::tax_outside("USD").item(PLAIN, 1, "50.00", "0").shipping("9.98", "0");
    let taxed = Sold::tax_outside("USD").item(PLAIN, 1, "50.00", "5.00").shipping("10.00", "1.00");
    let inside = Sold::tax_inside("EUR").item(PLAIN, 1, "60.00", "10.00").shipping("10.00", "2.00");
    let half = Refund::default().shipping("5.00", "1.00").paid("6.00");
    vec![
        History::of(
            "shipping refunded",
            "Shipping of 9.98 is paid back, nothing else.",
            refunded(&outside, &outside.later().refund(Refund::default().shipping("9.98", "0").paid("9.98"))),
        )
        .ends("50.00", "50.00", "5.00", "59.98 − 9.98 = 50; the goods are all there"),
        History::of(
            "shipping with its tax refunded",
            "Shipping of 10.00 and tax 1.00 are paid back.",
            refunded(&taxed, &taxed.later().refund(Refund::default().shipping("10.00", "1.00").paid("11.00"))),
        )
        .ends("55.00", "50.00", "5.00", "66 − 11 = 55; goods 50"),
        History::of(
            "shipping refunded, tax inside",
            "Shipping of 12.00 incl. 2.00 is paid back.",
            refunded(&inside, &inside.later().refund(Refund::default().shipping("10.00", "2.00").paid("12.00"))),
        )
        .ends("60.00", "50.00", "5.00", "72 − 12 = 60; goods 60 − 10 tax = 50"),
        History::of("half the shipping refunded, tax inside", "6.00 incl. 1.00 of 12.00 incl. 2.00.", {
            refunded(&inside, &inside.later().refund(half))
        })
        .ends(
            "66.00",
            "50.00",
            "5.00",
            "72 − 6 = 66; goods 60 − 10 tax = 50, whatever became of shipping's tax",
        ),
    ]
}

/// Refunded shipping without an adjustment: those are deprecated, the lines are not.
fn shipping_lines() -> Vec<History> {
    let inside = Sold::tax_inside("EUR").item(PLAIN, 1, "60.00", "10.00").shipping("10.00", "2.00");
    let taxed = Sold::tax_outside("USD").item(PLAIN, 1, "50.00", "5.00").shipping("10.00", "1.00");
    let two = Sold::tax_inside("EUR").item(PLAIN, 2, "60.00", "20.00").shipping("10.00", "2.00");
    let abroad = Sold::tax_outside("USD").paid_in("EUR", 10, 11).item(PLAIN, 1, "66.00", "0").shipping("11.00", "0");
    let inside_after = inside.later().refund(Refund::default().shipping_line("10.00", "2.00").paid("12.00"));
    let taxed_after = taxed.later().refund(Refund::default().shipping_line("10.00", "1.00").paid("11.00"));
    let both = Refund::default().line(0, 1, "60.00", "10.00").shipping_line("10.00", "2.00").paid("72.00");
    let both = two.later().refund(both);
    let abroad_after = abroad.later().refund(Refund::default().shipping_line("11.00", "0").paid("10.00"));
    vec![
        History::of(
            "shipping refunded by its line, tax inside",
            "Shipping of 12.00 incl. 2.00 is paid back.",
            refunded(&inside, &inside_after),
        )
        .ends("60.00", "50.00", "5.00", "72 − 12 = 60; goods 60 − 10 tax = 50"),
        History::of(
            "shipping refunded by its line, tax inside, told by its topic alone",
            "Shipping of 12.00 incl. 2.00 is paid back.",
            only_refund_told(&inside, &inside_after),
        )
        .ends("60.00", "50.00", "5.00", "72 − 12; the goods are all there"),
        History::of(
            "shipping refunded by its line, told by its topic alone",
            "Shipping of 10.00 and tax 1.00 are paid back.",
            only_refund_told(&taxed, &taxed_after),
        )
        .ends("55.00", "50.00", "5.00", "66 − 11; the goods are all there"),
        History::of(
            "goods and shipping refunded by lines, tax inside",
            "One of two at 60.00 incl. 10.00, and shipping of 12.00 incl. 2.00.",
            refunded(&two, &both),
        )
        .ends("60.00", "50.00", "5.00", "132 − 72; one is left without its tax"),
        History::of(
            "goods and shipping refunded by lines, tax inside, told by its topic alone",
            "One of two at 60.00 incl. 10.00, and shipping of 12.00 incl. 2.00.",
            only_refund_told(&two, &both),
        )
        .ends("60.00", "50.00", "5.00", "132 − 72; 100 − 50"),
        History::of(
            "shipping refunded by its line in the shopper's currency, told by its topic alone",
            "Shipping of 11.00 USD is paid back as 10.00 EUR.",
            only_refund_told(&abroad, &abroad_after),
        )
        .ends("66.00", "66.00", "6.60", "77 − 11; the goods are all there"),
    ]
}

fn pending() -> Vec<History> {
    let two = Sold::tax_outside("USD").item(PLAIN, 1, "60.00", "0").item(PLAIN, 1, "40.00", "0");
    let line = || Refund::default().line(1, 1, "40.00", "0").discrepancy("40.00", "0");
    let waiting = two.later().refund(line().pending("40.00"));
    let settled = waiting.later().amend(0, line().discrepancy("-40.00", "0").paid("40.00"));
    let inside = Sold::tax_inside("EUR").item(PLAIN, 2, "60.00", "20.00");
    let inside_waiting = inside
        .later()
        .refund(Refund::default().line(0, 1, "60.00", "10.00").discrepancy("60.00", "0").pending("60.00"));
    let big = Sold::tax_outside("USD").item(PLAIN, 1, "2000.00", "0");
    let amount = || Refund::default().discrepancy("-500.00", "0").discrepancy("500.00", "0");
    let held = big.later().refund(amount().pending("500.00"));
    let gone = held.later().amend(0, amount().discrepancy("-500.00", "0").paid("500.00"));
    let declined = held.later().amend(0, amount().declined("500.00"));
    vec![
        History::of("a pending line refund", "40.00 is on its way; a discrepancy of +40.00 stands beside the line.", {
            refunded(&two, &waiting)
        })
        .ends("60.00", "60.00", "6.00", "100 − 40; the line is gone whether or not the money has arrived"),
        History::of(
            "a pending line refund that settles",
            "A discrepancy of −40.00 follows.",
            [
                Told::Created(two.clone()),
                Told::Refunded(waiting.clone(), 0),
                Told::Updated(waiting.clone()),
                Told::Updated(settled),
            ],
        )
        .ends("60.00", "60.00", "6.00", "+40 and −40 cancel out: 100 − 40"),
        History::of("a pending line refund, tax inside", "60.00 incl. 10.00 of 120.00 is on its way.", {
            refunded(&inside, &inside_waiting)
        })
        .ends("60.00", "50.00", "5.00", "one is left: 60 − 10 tax"),
        History::of("a pending amount", "500.00 is on its way: −500.00 and +500.00.", changed(&big, &held)).ends(
            "2000.00",
            "2000.00",
            "200.00",
            "nothing is paid back yet",
        ),
        History::of("a pending amount that settles", "A discrepancy of −500.00 follows.", {
            vec![Told::Created(big.clone()), Told::Updated(held.clone()), Told::Updated(gone)]
        })
        .ends("1500.00", "1500.00", "150.00", "−500 + 500 − 500 = −500"),
        History::of("a refund that was declined", "The transaction fails; −500.00 and +500.00 stay.", {
            vec![Told::Created(big.clone()), Told::Updated(held), Told::Updated(declined)]
        })
        .ends("2000.00", "2000.00", "200.00", "nothing was paid back"),
    ]
}

/// The refund's own topic came, the order's update never did: the refund is deducted until a newer body decides.
fn told_alone() -> Vec<History> {
    let sold = Sold::tax_outside("USD").item(PLAIN, 2, "40.00", "8.00").item(PLAIN, 1, "20.00", "2.00");
    let inside = Sold::tax_inside("EUR").item(PLAIN, 2, "102.00", "34.00");
    let shipped = Sold::tax_outside("USD").item(PLAIN, 1, "50.00", "0").shipping("10.00", "0");
    let rates = Sold::tax_outside("USD").item(HIGH, 1, "50.00", "0").item(LOW, 1, "50.00", "0");
    vec![
        History::of(
            "a line refund told by its topic alone",
            "One of two at 40.00 with tax 4.00 is paid back.",
            only_refund_told(&sold, &sold.later().refund(Refund::default().line(0, 1, "40.00", "4.00").paid("44.00"))),
        )
        .ends("66.00", "60.00", "6.00", "110 − 44 = 66; goods 100 − 40 = 60"),
        History::of(
            "a line refund told by its topic alone, tax inside",
            "One of two at 102.00 incl. 17.00 is paid back.",
            only_refund_told(
                &inside,
                &inside.later().refund(Refund::default().line(0, 1, "102.00", "17.00").paid("102.00")),
            ),
        )
        .ends("102.00", "85.00", "8.50", "204 − 102; 170 − 85"),
        History::of(
            "an amount told by its topic alone",
            "15.00 is paid back for no line.",
            only_refund_told(&sold, &sold.later().refund(Refund::default().discrepancy("-15.00", "0").paid("15.00"))),
        )
        .ends("95.00", "85.00", "8.50", "110 − 15 = 95; goods 100 − 15 = 85"),
        History::of(
            "shipping told by its topic alone",
            "Shipping of 10.00 is paid back.",
            only_refund_told(&shipped, &shipped.later().refund(Refund::default().shipping("10.00", "0").paid("10.00"))),
        )
        .ends("50.00", "50.00", "5.00", "60 − 10; the goods are all there"),
        History::of(
            "20 % and 5 %, the second refunded by its topic alone",
            "50.00 each; the line at 5 % is paid back.",
            only_refund_told(&rates, &rates.later().refund(Refund::default().line(1, 1, "50.00", "0").paid("50.00"))),
        )
        .ends("50.00", "50.00", "10.00", "only the line at 20 % is left"),
    ]
}

/// Later bodies that tell less, or more, of a refund than its first telling did.
fn corrected() -> Vec<History> {
    let sold = Sold::tax_outside("USD").item(PLAIN, 1, "100.00", "0");
    let first = sold.later().refund(Refund::default().discrepancy("-30.00", "0").paid("30.00"));
    let less = first.later().amend(0, Refund::default().discrepancy("-10.00", "0").paid("10.00"));
    let abroad = Sold::tax_outside("USD").paid_in("EUR", 10, 11).item(PLAIN, 1, "220.00", "0");
    let unnamed = abroad.later().refund(Refund::default().paid("20.00"));
    let named = unnamed.later().amend(0, Refund::default().discrepancy("-22.00", "0").paid("20.00"));
    vec![
        History::of(
            "a refund corrected downward",
            "First told as 30.00, then as 10.00.",
            [Told::Created(sold.clone()), Told::Refunded(first.clone(), 0), Told::Updated(first), Told::Updated(less)],
        )
        .ends("90.00", "90.00", "9.00", "the newest body says 10.00: 100 − 10"),
        History::of(
            "a refund whose amount in the shop's currency comes later",
            "First told as a transaction of 20.00 EUR only, then with its adjustment of −22.00 USD.",
            [Told::Created(abroad), Told::Refunded(unnamed, 0), Told::Updated(named)],
        )
        .ends("198.00", "198.00", "19.80", "220 − 22"),
    ]
}

fn many() -> Vec<History> {
    let sold = Sold::tax_outside("USD").item(PLAIN, 2, "40.00", "8.00").shipping("10.00", "0");
    let line = sold.later().refund(Refund::default().line(0, 1, "40.00", "4.00").paid("44.00"));
    let ship = line.later().refund(Refund::default().shipping("10.00", "0").paid("10.00"));
    let amount = ship.later().refund(Refund::default().discrepancy("-5.00", "0").paid("5.00"));
    let all = [
        Told::Created(sold),
        Told::Refunded(line.clone(), 0),
        Told::Updated(line.clone()),
        Told::Refunded(ship.clone(), 1),
        Told::Updated(ship),
        Told::Refunded(amount.clone(), 2),
        Told::Updated(amount.clone()),
    ];
    vec![
        History::of("three refunds", "A line with its tax, then shipping, then an amount of 5.00.", all.clone()).ends(
            "39.00",
            "35.00",
            "3.50",
            "98 − 44 − 10 − 5 = 39; goods 80 − 40 − 5 = 35",
        ),
        History::of("three refunds, two updates lost", "Only the first and the last update come.", {
            [all[0].clone(), all[2].clone(), all[5].clone(), all[6].clone()]
        })
        .ends("39.00", "35.00", "3.50", "the newest body has all three"),
        History::of("three refunds, the last update lost", "The last refund is told by its topic alone.", {
            [all[0].clone(), all[2].clone(), all[4].clone(), all[5].clone()]
        })
        .ends("39.00", "35.00", "3.50", "44 by the newest body, less the 5.00 that is newer"),
    ]
}

/// Refunds of the shapes of Shopify's official samples: an order of three lines at 199.00 with a discount of 10.00
/// across them and tax, whose refunds pay back less, or more, than their lines are worth, without an adjustment.
fn samples() -> Vec<History> {
    let mut three = Sold::tax_outside("USD");
    for discount in ["3.34", "3.33", "3.33"] {
        three = three.item(PLAIN, 1, "199.00", "3.98").discounted(discount);
    }
    let first = || Refund::default().line(0, 1, "195.66", "3.98");
    let all = first().line(1, 1, "195.67", "3.98").line(2, 1, "195.67", "3.98").paid("10.00");
    let cancelled = three.later().cancelled().refund(all);
    let two = three.later().refund(first().line(1, 1, "195.67", "3.98").paid("209.00"));
    let nothing = three.later().refund(Refund::default().line(0, 1, "0.00", "0.00").paid("41.94"));
    vec![
        History::of(
            "cancelled, with 10.00 of 598.94 paid back",
            "Every line is refunded, the transaction is 10.00.",
            refunded(&three, &cancelled),
        )
        .ends("0.00", "0.00", "0.00", "a cancelled order is worth nothing"),
        History::of(
            "two of three lines refunded, with 209.00 of 399.29 paid back",
            "Lines of 391.33 with tax 7.96.",
            refunded(&three, &two),
        )
        .ends("199.65", "195.67", "19.57", "the current total decides: one line with its tax is left"),
        History::of(
            "two of three lines refunded, with 209.00 of 399.29 paid back, told by its topic alone",
            "Lines of 391.33 with tax 7.96.",
            only_refund_told(&three, &two),
        )
        .ends("389.94", "378.00", "37.80", "598.94 − 209; of the goods no more than was paid back: 587 − 209"),
        History::of(
            "a line refunded for nothing, and 41.94 paid back, told by its topic alone",
            "A line of 0.00; no adjustment.",
            only_refund_told(&three, &nothing),
        )
        .ends("557.00", "545.06", "54.51", "598.94 − 41.94; an amount comes off the goods: 587 − 41.94"),
    ]
}
