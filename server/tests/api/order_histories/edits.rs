//! Orders that are edited: lines added, removed, exchanged; discounts; several rates.

use super::{
    history::{HIGH, History, LOW, PLAIN, Told, changed, edited, refunded},
    sold::{Refund, Sold},
};

pub(super) fn histories() -> Vec<History> {
    [tax_outside(), tax_inside(), discounts(), rates(), more_rates(), exchanges(), at_once(), ends()].concat()
}

fn tax_outside() -> Vec<History> {
    let plain = Sold::tax_outside("USD").item(PLAIN, 2, "50.00", "8.00").shipping("5.00", "0");
    let quoted = Sold::tax_outside("USD").item(PLAIN, 1, "111.60", "0").item(PLAIN, 1, "28.80", "0");
    let small = Sold::tax_outside("USD").item(PLAIN, 1, "50.00", "5.00");
    let added = small.later().item(PLAIN, 1, "30.00", "3.00");
    let back = added.later().left(1, 0);
    let three = Sold::tax_outside("EUR").item(PLAIN, 3, "20.00", "6.00").shipping("4.00", "0.40");
    vec![
        History::of("nothing changes", "Two at 50.00, tax 8.00, shipping 5.00.", changed(&plain, &plain.later())).ends(
            "113.00",
            "100.00",
            "10.00",
            "100 + 8 + 5 is charged; the goods are 100.00; 10 %",
        ),
        History::of(
            "a line added, another removed",
            "Paid 140.40; a line of 32.00 is added, one of 28.80 removed: total_price 172.40, current 143.60.",
            edited(&quoted, &quoted.later().item(PLAIN, 1, "32.00", "0").left(1, 0)),
        )
        .ends("143.60", "143.60", "14.36", "140.40 + 32.00 − 28.80 = 143.60; 10 %"),
        History::of("edit up", "A line of 30.00 with tax 3.00 is added to one of 50.00.", edited(&small, &added)).ends(
            "88.00",
            "80.00",
            "8.00",
            "50 + 5 + 30 + 3 = 88 is charged; goods 80",
        ),
        History::of(
            "edit up, then down again",
            "The added line is removed before it is paid for.",
            [Told::Created(small.clone()), Told::Edited(added.clone()), Told::Updated(added), Told::Updated(back)],
        )
        .ends("55.00", "50.00", "5.00", "what was first sold: 50 + 5"),
        History::of("edit down", "One of three is removed.", edited(&three, &three.later().left(0, 2))).ends(
            "48.40",
            "40.00",
            "4.00",
            "2 × 20 + tax 4.00 + shipping 4.40 = 48.40; goods 40",
        ),
        History::of(
            "a removed line with a refund row",
            "Two of three are removed before payment; Shopify adds a refund without transactions.",
            refunded(&three, &three.later().refund(Refund::default().line(0, 2, "40.00", "4.00"))),
        )
        .ends(
            "26.40",
            "20.00",
            "2.00",
            "20 + tax 2.00 + shipping 4.40; nothing was paid back, nothing counts twice",
        ),
    ]
}

fn tax_inside() -> Vec<History> {
    let two = Sold::tax_inside("EUR").item(PLAIN, 2, "60.00", "20.00");
    let one = Sold::tax_inside("EUR").item(PLAIN, 1, "60.00", "10.00").shipping("5.00", "1.00");
    let nineteen = Sold::tax_inside("EUR").item(PLAIN, 1, "19.00", "3.17");
    let thirds = Sold::tax_inside("EUR").item(PLAIN, 3, "19.00", "9.50");
    let shipped = Sold::tax_inside("EUR").item(PLAIN, 1, "89.95", "5.43").shipping("5.64", "0.36");
    vec![
        History::of("tax inside, one of two removed", "2 × 60.00 incl. 10.00 tax each; one is removed.", {
            edited(&two, &two.later().left(0, 1))
        })
        .ends("60.00", "50.00", "5.00", "60.00 is left, of which 10.00 is tax: base 50.00"),
        History::of(
            "tax inside, edit up",
            "A line of 24.00 incl. 4.00 is added.",
            edited(&one, &one.later().item(PLAIN, 1, "24.00", "4.00")),
        )
        .ends("90.00", "70.00", "7.00", "60 + 24 + shipping 6 = 90; goods without tax 50 + 20 = 70"),
        History::of("tax inside, unchanged", "19.00 incl. 3.17.", changed(&nineteen, &nineteen.later())).ends(
            "19.00",
            "15.83",
            "1.58",
            "19.00 − 3.17 = 15.83; 10 % is 1.583",
        ),
        History::of(
            "tax inside that does not divide",
            "3 × 19.00 incl. 9.50 tax together; one is removed.",
            edited(&thirds, &thirds.later().left(0, 2)),
        )
        .ends("38.00", "31.67", "3.17", "two thirds of 9.50 are 6.33: 38.00 − 6.33 = 31.67; 10 % is 3.167"),
        History::of(
            "the tax of shipping is not the goods' tax",
            "89.95 incl. 5.43, shipping 6.00 incl. 0.36: current_total_tax is 5.79.",
            changed(&shipped, &shipped.later()),
        )
        .ends("95.95", "84.52", "8.45", "89.95 − (5.79 − 0.36) = 84.52; 10 % is 8.452"),
        History::of(
            "tax inside, shipping removed by an edit",
            "60.00 incl. 10.00; shipping of 6.00 incl. 1.00 goes.",
            edited(&one, &one.later().without_shipping()),
        )
        .ends("60.00", "50.00", "5.00", "66 − 6 = 60; goods 60 − 10 tax = 50"),
    ]
}

fn discounts() -> Vec<History> {
    let two = Sold::tax_outside("USD").item(HIGH, 2, "48.00", "0").discounted("19.20");
    let thirds = Sold::tax_outside("USD").item(PLAIN, 3, "10.00", "0").discounted("5.00");
    let both = Sold::tax_outside("USD")
        .item(HIGH, 1, "100.00", "0")
        .discounted("10.00")
        .item(LOW, 1, "100.00", "0")
        .discounted("10.00");
    let inside = Sold::tax_inside("EUR").item(PLAIN, 2, "60.00", "16.00").discounted("24.00");
    let free = Sold::tax_outside("USD").item(HIGH, 1, "30.00", "0").discounted("30.00").item(LOW, 1, "40.00", "0");
    vec![
        History::of(
            "a discount at the old quantity",
            "2 × 48.00 at 20 % discount; one is removed, the allocation of 19.20 stays.",
            edited(&two, &two.later().left(0, 1)),
        )
        .ends("38.40", "38.40", "7.68", "one at 48.00 − 9.60 = 38.40; the product pays 20 %"),
        History::of(
            "a discount that does not divide",
            "3 × 10.00 less 5.00; one is removed.",
            edited(&thirds, &thirds.later().left(0, 2)),
        )
        .ends("16.67", "16.67", "1.67", "two thirds of 25.00 are 16.67; 10 %"),
        History::of(
            "an order discount on two rates",
            "10 % off two lines of 100.00 at 20 % and 5 %.",
            changed(&both, &both.later()),
        )
        .ends("180.00", "180.00", "22.50", "20 % of 90 + 5 % of 90 = 18.00 + 4.50"),
        History::of(
            "a discount with tax inside",
            "2 × 60.00 less 24.00, incl. 16.00 tax; one is removed.",
            edited(&inside, &inside.later().left(0, 1)),
        )
        .ends("48.00", "40.00", "4.00", "half of 96.00 is 48.00, of which 8.00 is tax"),
        History::of("a line for nothing", "30.00 less 30.00 at 20 %, and 40.00 at 5 %.", changed(&free, &free.later()))
            .ends("40.00", "40.00", "2.00", "20 % of 0 + 5 % of 40"),
    ]
}

fn rates() -> Vec<History> {
    let two = Sold::tax_outside("USD").item(HIGH, 1, "50.00", "0").item(LOW, 1, "50.00", "0");
    let inside = Sold::tax_inside("EUR").item(HIGH, 1, "60.00", "10.00").item(LOW, 1, "60.00", "10.00");
    vec![
        History::of(
            "20 % and 5 %, the second removed",
            "50.00 each; the line at 5 % is removed.",
            edited(&two, &two.later().left(1, 0)),
        )
        .ends("50.00", "50.00", "10.00", "only the line at 20 % is left: 20 % of 50"),
        History::of(
            "20 % and 5 %, the first removed",
            "50.00 each; the line at 20 % is removed.",
            edited(&two, &two.later().left(0, 0)),
        )
        .ends("50.00", "50.00", "2.50", "only the line at 5 % is left: 5 % of 50"),
        History::of(
            "20 % and 5 %, the second refunded",
            "50.00 each; the line at 5 % is paid back.",
            refunded(&two, &two.later().refund(Refund::default().line(1, 1, "50.00", "0").paid("50.00"))),
        )
        .ends("50.00", "50.00", "10.00", "only the line at 20 % is left"),
        History::of(
            "20 % and 5 %, tax inside, the second refunded",
            "60.00 each incl. 10.00; the line at 5 % is paid back.",
            refunded(&inside, &inside.later().refund(Refund::default().line(1, 1, "60.00", "10.00").paid("60.00"))),
        )
        .ends("60.00", "50.00", "10.00", "60 − 10 tax = 50 at 20 %"),
        History::of(
            "20 % and 5 %, an amount paid back",
            "50.00 each; 20.00 is paid back for neither line.",
            refunded(&two, &two.later().refund(Refund::default().discrepancy("-20.00", "0").paid("20.00"))),
        )
        .ends("80.00", "80.00", "10.00", "the base of 80 is shared like the lines, 40 and 40: 8.00 + 2.00"),
        History::of(
            "a creator's own rate, the second removed",
            "50.00 each; Ben's rule pays 15 % whatever the product.",
            edited(&two, &two.later().left(1, 0)),
        )
        .by_ben()
        .ends("50.00", "50.00", "7.50", "15 % of 50"),
    ]
}

fn more_rates() -> Vec<History> {
    let three = Sold::tax_outside("USD")
        .item(HIGH, 2, "30.00", "6.00")
        .item(LOW, 1, "40.00", "4.00")
        .item(PLAIN, 1, "100.00", "10.00");
    let edited_once = three.later().left(0, 1);
    let paid_back = edited_once.later().refund(Refund::default().line(1, 1, "40.00", "4.00").paid("44.00"));
    let inside = Sold::tax_inside("EUR").item(HIGH, 2, "24.00", "8.00").item(LOW, 2, "12.00", "4.00");
    vec![
        History::of(
            "three rates, one unit removed",
            "2 × 30.00 at 20 %, 40.00 at 5 %, 100.00 at 10 %; one of the 30.00 is removed.",
            edited(&three, &edited_once),
        )
        .ends("187.00", "170.00", "18.00", "20 % of 30 + 5 % of 40 + 10 % of 100; 170 with 10 % tax"),
        History::of(
            "three rates, one unit removed, then a line refunded",
            "After that the line at 5 % is paid back.",
            [
                Told::Created(three.clone()),
                Told::Updated(edited_once.clone()),
                Told::Refunded(paid_back.clone(), 0),
                Told::Updated(paid_back),
            ],
        )
        .ends("143.00", "130.00", "16.00", "20 % of 30 + 10 % of 100; 130 with 10 % tax"),
        History::of(
            "two rates with tax inside, one unit of each removed",
            "2 × 24.00 incl. 4.00 at 20 % and 2 × 12.00 incl. 2.00 at 5 %.",
            edited(&inside, &inside.later().left(0, 1).left(1, 1)),
        )
        .ends("36.00", "30.00", "4.50", "20 % of 20 + 5 % of 10 = 4.00 + 0.50"),
    ]
}

fn exchanges() -> Vec<History> {
    let shoe = Sold::tax_outside("USD").item(HIGH, 1, "80.00", "0");
    let returned = |paid: Refund| shoe.later().refund(paid.line(0, 1, "80.00", "0").exchange());
    let inside = Sold::tax_inside("EUR").item(HIGH, 1, "84.00", "14.00");
    let inside_returned =
        inside.later().refund(Refund::default().line(0, 1, "84.00", "14.00").paid("24.00").exchange());
    let till = Sold::tax_outside("USD").told("-30.00", "-28.00", "-2.00");
    vec![
        History::of(
            "an even exchange",
            "80.00 at 20 % is exchanged for 80.00 at 5 %; no money moves.",
            refunded(&shoe, &returned(Refund::default()).item(LOW, 1, "80.00", "0")),
        )
        .ends("80.00", "80.00", "4.00", "the new item is what is sold: 5 % of 80"),
        History::of(
            "an exchange for a dearer item",
            "80.00 at 20 % is exchanged for 95.00 at 5 %.",
            refunded(&shoe, &returned(Refund::default()).item(LOW, 1, "95.00", "0")),
        )
        .ends("95.00", "95.00", "4.75", "5 % of 95"),
        History::of(
            "an exchange for a cheaper item",
            "80.00 at 20 % is exchanged for 60.00 at 5 %; 20.00 is paid back.",
            refunded(&shoe, &returned(Refund::default().paid("20.00")).item(LOW, 1, "60.00", "0")),
        )
        .ends("60.00", "60.00", "3.00", "5 % of 60"),
        History::of(
            "an exchange with tax inside",
            "84.00 incl. 14.00 is exchanged for 60.00 incl. 10.00; 24.00 is paid back.",
            refunded(&inside, &inside_returned.item(LOW, 1, "60.00", "10.00")),
        )
        .ends("60.00", "50.00", "2.50", "60 − 10 tax = 50 at 5 %"),
        History::of(
            "a return at the till without a receipt",
            "The order has no lines and no refunds, and a total below zero.",
            changed(&till, &till.later()),
        )
        .ends("0.00", "0.00", "0.00", "revenue and base are never below zero"),
    ]
}

/// Two bodies of one second: `updated_at` has whole seconds and does not tell which is the later.
fn at_once() -> Vec<History> {
    let one = Sold::tax_outside("USD").item(PLAIN, 1, "50.00", "0");
    let two = Sold::tax_outside("USD").item(PLAIN, 2, "45.00", "0");
    let fewer = two.at_once().left(0, 1);
    let again = fewer.at_once().item(PLAIN, 1, "20.00", "0");
    let paid_back = two.at_once().refund(Refund::default().line(0, 1, "45.00", "0").paid("45.00"));
    let amount = || Refund::default().discrepancy("-40.00", "0").discrepancy("40.00", "0");
    let waiting = two.at_once().refund(amount().pending("40.00"));
    let settled = waiting.at_once().amend(0, amount().discrepancy("-40.00", "0").paid("40.00"));
    vec![
        History::of(
            "an edit up within the second",
            "A line of 50.00 is added to one of 50.00.",
            changed(&one, &one.at_once().item(PLAIN, 1, "50.00", "0")),
        )
        .ends(
            "100.00",
            "100.00",
            "10.00",
            "lines never go from a body, so the one with more of them is the later",
        ),
        History::of("an edit down within the second", "One of two at 45.00 is removed.", changed(&two, &fewer)).ends(
            "45.00",
            "45.00",
            "4.50",
            "units are not put back, so the body with more of them removed is the later",
        ),
        History::of(
            "edits down and up within the second",
            "One of two at 45.00 is removed, then a line of 20.00 added.",
            [Told::Created(two.clone()), Told::Updated(fewer), Told::Updated(again)],
        )
        .ends("65.00", "65.00", "6.50", "45 + 20"),
        History::of("a line refund within the second", "One of two at 45.00 is paid back.", changed(&two, &paid_back))
            .ends("45.00", "45.00", "4.50", "the body with the refund is the later"),
        History::of(
            "a pending amount that settles within the second",
            "−40.00 and +40.00; then −40.00 follows.",
            [Told::Created(two.clone()), Told::Updated(waiting), Told::Updated(settled)],
        )
        .ends("50.00", "50.00", "5.00", "90 − 40: the body with more adjustments is the later"),
    ]
}

fn ends() -> Vec<History> {
    let sold = Sold::tax_outside("USD").item(PLAIN, 2, "40.00", "8.00");
    let all = Refund::default().line(0, 2, "80.00", "8.00").paid("88.00");
    let paid_back = sold.later().cancelled().refund(all);
    let unpaid = sold.later().cancelled();
    let test = Sold::tax_outside("USD").item(PLAIN, 1, "777.00", "0").test();
    vec![
        History::of(
            "cancelled and paid back",
            "Both units are refunded and the order is cancelled.",
            [Told::Created(sold.clone()), Told::Cancelled(paid_back.clone()), Told::Refunded(paid_back, 0)],
        )
        .ends("0.00", "0.00", "0.00", "a cancelled order is worth nothing"),
        History::of(
            "cancelled before payment",
            "Nothing is paid back, and the current total stays.",
            [Told::Created(sold.clone()), Told::Cancelled(unpaid.clone()), Told::Updated(unpaid.later())],
        )
        .ends("0.00", "0.00", "0.00", "a cancelled order is worth nothing, whatever its total says"),
        History::of("a test order", "Placed with the test gateway.", changed(&test, &test.later()))
            .counts_nowhere("test orders are stored and appear in no figure"),
    ]
}
