//! What is sold beside goods: gift cards, tips, duties, fees.

use super::{
    history::{HIGH, History, LOW, PLAIN, changed, edited, only_refund_told, refunded},
    sold::{Refund, Sold},
};

pub(super) fn histories() -> Vec<History> {
    [gift_cards(), tips(), duties()].concat()
}

/// By default, buying a gift card earns nothing; what is bought with one earns. Revenue counts both.
fn gift_cards() -> Vec<History> {
    let both = Sold::tax_outside("USD").gift_card(HIGH, "50.00").item(PLAIN, 1, "40.00", "0");
    let card = Sold::tax_outside("USD").gift_card(HIGH, "50.00");
    let used = Sold::tax_outside("USD").item(PLAIN, 1, "80.00", "0");
    let quoted = Sold::tax_outside("USD").item(PLAIN, 1, "204.07", "0").gift_card(PLAIN, "129.92");
    let inside = Sold::tax_inside("EUR").item(PLAIN, 2, "60.00", "20.00").gift_card(PLAIN, "25.00");
    vec![
        History::of("a gift card beside goods", "A card of 50.00 and goods of 40.00.", changed(&both, &both.later()))
            .ends("90.00", "40.00", "4.00", "90 is charged; the card earns nothing: 10 % of 40"),
        History::of("a gift card alone", "A card of 50.00.", changed(&card, &card.later())).ends(
            "50.00",
            "0.00",
            "0.00",
            "the sale is revenue, and earns nothing",
        ),
        History::of("goods bought with a gift card", "80.00, of which 50.00 is paid by card.", {
            changed(&used, &used.later())
        })
        .ends("80.00", "80.00", "8.00", "a gift card is a way to pay: 10 % of 80"),
        History::of("a gift card of 129.92 in 333.99", "Goods of 204.07.", changed(&quoted, &quoted.later())).ends(
            "333.99",
            "204.07",
            "20.41",
            "333.99 − 129.92 = 204.07; 10 % is 20.407",
        ),
        History::of(
            "a gift card refunded",
            "The card of 50.00 is paid back, the goods of 40.00 kept.",
            refunded(&both, &both.later().refund(Refund::default().line(0, 1, "50.00", "0").paid("50.00"))),
        )
        .ends("40.00", "40.00", "4.00", "90 − 50; the card was never in the base"),
        History::of(
            "a gift card refunded, told by its topic alone",
            "The card of 50.00 is paid back, the goods of 40.00 kept.",
            only_refund_told(&both, &both.later().refund(Refund::default().line(0, 1, "50.00", "0").paid("50.00"))),
        )
        .ends("40.00", "40.00", "4.00", "90 − 50; the card was never in the base"),
        History::of(
            "the goods refunded, the gift card kept",
            "Goods of 40.00 are paid back.",
            refunded(&both, &both.later().refund(Refund::default().line(1, 1, "40.00", "0").paid("40.00"))),
        )
        .ends("50.00", "0.00", "0.00", "only the card is left"),
        History::of(
            "a gift card, tax inside, edit down",
            "2 × 60.00 incl. 10.00 and a card of 25.00; one of the two is removed.",
            edited(&inside, &inside.later().left(0, 1)),
        )
        .ends("85.00", "50.00", "5.00", "60 + 25; 60 − 10 tax = 50"),
    ]
}

fn tips() -> Vec<History> {
    let outside = Sold::tax_outside("USD").item(PLAIN, 1, "60.00", "0").tip("6.00");
    let inside = Sold::tax_inside("EUR").item(PLAIN, 2, "30.00", "10.00").tip("6.00");
    let rates = Sold::tax_outside("USD").item(HIGH, 1, "50.00", "0").item(LOW, 1, "50.00", "0").tip("10.00");
    vec![
        History::of("a tip", "Goods of 60.00 and a tip of 6.00.", changed(&outside, &outside.later())).ends(
            "66.00",
            "60.00",
            "6.00",
            "a tip is charged and is no goods",
        ),
        History::of(
            "a tip, tax inside, a line refund",
            "2 × 30.00 incl. 5.00 and a tip of 6.00; one is paid back.",
            refunded(&inside, &inside.later().refund(Refund::default().line(0, 1, "30.00", "5.00").paid("30.00"))),
        )
        .ends("36.00", "25.00", "2.50", "30 + 6; 30 − 5 tax = 25"),
        History::of(
            "a tip and two rates, the second removed",
            "50.00 each at 20 % and 5 %, a tip of 10.00.",
            edited(&rates, &rates.later().left(1, 0)),
        )
        .ends("60.00", "50.00", "10.00", "50 + 10; 20 % of 50"),
    ]
}

fn duties() -> Vec<History> {
    let duty = Sold::tax_outside("USD").item(PLAIN, 2, "50.00", "0").duty("12.50");
    let half = Refund::default().line(0, 1, "50.00", "0").paid("56.25");
    let inside = Sold::tax_inside("EUR").item(PLAIN, 1, "60.00", "10.00").duty("4.00").fee("3.00");
    let fee = Sold::tax_outside("USD").item(PLAIN, 1, "40.00", "0").fee("3.00");
    let goodwill = Refund::default().discrepancy("-5.00", "0").paid("5.00");
    vec![
        History::of("a duty", "Goods of 100.00, duty 12.50.", changed(&duty, &duty.later())).ends(
            "112.50",
            "100.00",
            "10.00",
            "a duty is charged and is no goods",
        ),
        History::of(
            "a duty refunded with its line",
            "One of two at 50.00 is paid back with its duty of 6.25.",
            refunded(&duty, &duty.later().duty_left("6.25").refund(half)),
        )
        .ends("56.25", "50.00", "5.00", "112.50 − 56.25; goods 50"),
        History::of("a fee", "Goods of 40.00, a fee of 3.00.", changed(&fee, &fee.later())).ends(
            "43.00",
            "40.00",
            "4.00",
            "a fee is charged and is no goods",
        ),
        History::of(
            "duty, fee and tax inside, an amount paid back",
            "60.00 incl. 10.00, duty 4.00, fee 3.00; 5.00 is paid back for no line.",
            refunded(&inside, &inside.later().refund(goodwill)),
        )
        .ends("62.00", "45.00", "4.50", "67 − 5; 60 − 10 tax − 5 = 45"),
    ]
}
