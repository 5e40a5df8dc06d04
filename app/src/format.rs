//! Formats results of `flow` for people, in the reader's language.

use domain::{
    Currency, Money, UnixMs,
    creator::Creator,
    erasure::ERASED_CREATOR,
    evidence::{Evidence, Strength},
    link::Link,
    order::Order,
    proof::ProofFigures,
    time::{Day, Zone},
};
use flow::overview::Figures;
use leptos::prelude::*;

use crate::{
    language::{Language, Message, Spoken, decimal, t},
    words,
};

/// An instant in a brand's time zone: "9 Nov, 14:31", with the year if it is not today's. The exact time is in its title.
pub(crate) fn moment(zone: &Zone, today: Day, at: UnixMs) -> AnyView {
    let exact = zone.to_rfc3339(at);
    view! { <time datetime=exact.clone() title=exact>{moment_text(zone, today, at)}</time> }.into_any()
}

/// An instant as [`moment`] shows it, as text: for titles, searches and CSV files.
pub(crate) fn moment_text(zone: &Zone, today: Day, at: UnixMs) -> String {
    t!("format-moment", date = day(zone, today, at), time = zone.time_of(at))
}

/// The day of an instant in a brand's time zone: "9 Nov", with the year if it is not today's.
pub(crate) fn day(zone: &Zone, today: Day, at: UnixMs) -> String {
    let day = zone.day_of(at);
    let year = |day: Day| day.year_month_day().0;
    if year(day) == year(today) { date(day) } else { full_date(day) }
}

/// The month's short name.
fn month(month: i8) -> Message {
    Message(match month {
        1 => "format-month-1",
        2 => "format-month-2",
        3 => "format-month-3",
        4 => "format-month-4",
        5 => "format-month-5",
        6 => "format-month-6",
        7 => "format-month-7",
        8 => "format-month-8",
        9 => "format-month-9",
        10 => "format-month-10",
        11 => "format-month-11",
        _ => "format-month-12",
    })
}

/// A day without its year: "9 Nov".
pub(crate) fn date(day: Day) -> String {
    let (_, number, day) = day.year_month_day();
    t!("format-date", day = day.to_string(), month = month(number).text())
}

/// A day with its year: "9 Nov 2026".
pub(crate) fn full_date(day: Day) -> String {
    let (year, number, day) = day.year_month_day();
    t!("format-full-date", day = day.to_string(), month = month(number).text(), year = year.to_string())
}

/// The days of a period: "9 Nov – 8 Dec 2026", or one day.
pub(crate) fn days(from: Day, to: Day) -> String {
    if from == to { full_date(from) } else { t!("format-days", from = first_date(from, to), to = full_date(to)) }
}

/// The first day of a period, with its year only where the last one's is another.
pub(crate) fn first_date(from: Day, to: Day) -> String {
    let is_same_year = from.year_month_day().0 == to.year_month_day().0;
    if is_same_year { date(from) } else { full_date(from) }
}

/// The figures of a revenue proof: "120 clicks, 8 orders, $1,234.50 net revenue".
pub(crate) fn proof_figures(figures: &ProofFigures) -> String {
    let amounts = figures.amounts().map(self::amount);
    let revenue = amounts.reduce(|first, second| t!("format-and", first = first, second = second));
    let revenue = revenue.unwrap_or_else(|| "0".to_owned());
    t!("format-proof-figures", clicks = figures.clicks, orders = figures.conversions, revenue = revenue)
}

/// A count with thousands separators.
pub(crate) fn count(value: i64) -> String {
    decimal(Language::current(), &value.to_string())
}

/// A number with one decimal: 2.1.
pub(crate) fn tenths(tenths: i128) -> String {
    let sign = if tenths < 0 { "-" } else { "" };
    decimal(Language::current(), &format!("{sign}{}.{}", tenths.abs() / 10, tenths.abs() % 10))
}

/// An amount in the reader's notation: "$1,234.50" or "1.234,50 $". A currency without a symbol of its own has its code.
pub(crate) fn amount(money: Money) -> String {
    amount_of(money, &money.to_decimal())
}

/// An amount without its fraction, which must be zero: "$1,234".
pub(crate) fn whole_amount(money: Money) -> String {
    let decimal = money.to_decimal();
    amount_of(money, decimal.split_once('.').map_or(decimal.as_str(), |(whole, _)| whole))
}

fn amount_of(money: Money, plain: &str) -> String {
    let (sign, plain) = plain.strip_prefix('-').map_or(("", plain), |plain| ("-", plain));
    let number = decimal(Language::current(), plain);
    let symbol = match money.currency.code() {
        "USD" => "$",
        "EUR" => "€",
        "GBP" => "£",
        "JPY" => "¥",
        code => return t!("format-amount-code", sign = sign, number = number, code = code),
    };
    t!("format-amount-symbol", sign = sign, number = number, symbol = symbol)
}

/// Amounts, one per currency; zero in the brand's currency if there are none.
pub(crate) fn amounts(amounts: &[Money], currency: Currency) -> String {
    let shown = amounts.iter().map(|money| amount(*money));
    let joined = shown.reduce(|first, second| t!("format-amounts", first = first, second = second));
    joined.unwrap_or_else(|| amount(Money { minor: 0, currency }))
}

pub(crate) fn placement(link: &Link) -> String {
    let platform = link.platform.map(|platform| platform.label().to_owned());
    let content_type = link.content_type.map(|content_type| words::content_type(content_type).text());
    [platform, content_type].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

pub(crate) fn order_status(order: &Order) -> String {
    if order.is_test {
        return t!("format-order-test");
    }
    if order.details.same_as.is_some() {
        return t!("format-order-repeat");
    }
    let state = if order.cancelled_at.is_some() {
        Some(t!("format-order-cancelled"))
    } else if order.refunded_minor > 0 && order.refunded_minor >= order.total_minor {
        Some(t!("format-order-refunded"))
    } else if order.refunded_minor > 0 {
        Some(t!("format-order-partly-refunded"))
    } else {
        None
    };
    let review = (!order.details.flags.is_empty()).then(|| t!("format-order-review"));
    state.into_iter().chain(review).collect::<Vec<_>>().join(" · ")
}

pub(crate) fn verdict(evidence: &Evidence) -> String {
    match (evidence.refused, evidence.strength) {
        (Some(refusal), _) => t!("format-evidence-refused", reason = words::refusal(refusal).text()),
        (None, Strength::Proven) => t!("format-evidence-counted"),
        (None, Strength::Reported) => t!("format-evidence-reported"),
        (None, Strength::Claimed) => t!("format-evidence-claimed"),
    }
}

pub(crate) fn period_of(flow: &flow::Flow, brand: &domain::brand::Brand, from: &str, to: &str) -> domain::time::Period {
    use domain::time::{Day, Period};
    let today = flow.reports().today(brand);
    match (Day::parse(from), Day::parse(to)) {
        (Some(from), Some(to)) => Period::between(from, to),
        (Some(from), None) => Period::between(from, today),
        _ => Period::last(30, today),
    }
}

/// The creator's name, or "Unassigned" if there is none.
pub(crate) fn name_of(creators: &[domain::creator::Creator], id: Option<&domain::CreatorId>) -> String {
    let creator = creators.iter().find(|creator| Some(&creator.id) == id);
    creator.map_or_else(|| t!("format-unassigned"), |creator| creator.name.clone())
}

pub(crate) fn money(minor: i64, currency: domain::Currency) -> String {
    amount(Money { minor, currency })
}

/// All creators, by id, for filters.
pub(crate) fn filter_choices(creators: &[Creator]) -> Vec<(String, String)> {
    creators.iter().map(choice).collect()
}

/// Creators, by id, for forms: without erased ones.
pub(crate) fn choices(creators: &[Creator]) -> Vec<(String, String)> {
    creators.iter().filter(|creator| creator.name != ERASED_CREATOR).map(choice).collect()
}

fn choice(creator: &Creator) -> (String, String) {
    (creator.id.to_string(), format!("{} (@{})", creator.name, creator.handle))
}

/// A URL without its scheme.
pub(crate) fn without_scheme(url: &str) -> String {
    url.split_once("://").map_or(url, |(_, rest)| rest).to_owned()
}

/// A length as a number to format.
pub(crate) fn length(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

/// A share as a percentage with one decimal: 3.1 %.
pub(crate) fn percent(basis_points: i64) -> String {
    t!("format-percent", number = tenths(i128::from(basis_points / 10)))
}

/// Hundredths with two decimals, as forms take them in every language: 3.25.
pub(crate) fn two_decimals(hundredths: i64) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// Basis points as a percentage without needless zeros: 10%, 12.5%, 0.25%.
pub(crate) fn exact_percent(basis_points: i64) -> String {
    let text = two_decimals(basis_points);
    let number = decimal(Language::current(), text.trim_end_matches('0').trim_end_matches('.'));
    t!("format-percent", number = number)
}

/// Conversions per unique click; "–" without unique clicks.
pub(crate) fn conversion_rate(figures: &Figures) -> String {
    figures.conversion_rate_bp().map_or_else(|| "–".to_owned(), percent)
}

/// Net revenue, one amount per currency.
pub(crate) fn revenue(figures: &Figures, currency: Currency) -> String {
    amounts(&figures.sales.amounts(currency), currency)
}

#[cfg(test)]
mod tests {
    use domain::{
        evidence::{EvidenceKind, Refusal},
        order::{OrderDetails, OrderFlag, OrderSource},
    };

    use super::*;

    const USD: Currency = Currency::USD;

    fn german<R>(function: impl FnOnce() -> R) -> R {
        Language::German.speak(function)
    }

    #[test]
    fn every_month_has_its_name() {
        let all =
            |language: Language| language.speak(|| (1..=12).map(|number| month(number).text()).collect::<Vec<_>>());
        for (number, english) in (1..=12).zip(all(Language::English)) {
            let day = Day::parse(&format!("2026-{number:02}-05")).expect("valid");
            assert_eq!((date(day), format!("5 {english}")), (day.short(), day.short()));
        }
        assert_eq!(all(Language::German)[..3], ["Jan.", "Feb.", "März"]);
    }

    #[test]
    fn amounts_and_shares_have_the_readers_notation() {
        let yen = Currency::parse("JPY").expect("valid");
        let euro = Currency::parse("EUR").expect("valid");
        let krona = Currency::parse("SEK").expect("valid");
        for (minor, currency, expected) in [
            (123_456, USD, "1.234,56\u{a0}$"),
            (-5, euro, "-0,05\u{a0}€"),
            (12_345, yen, "12.345\u{a0}¥"),
            (123_450, krona, "1.234,50\u{a0}SEK"),
        ] {
            let money = Money { minor, currency };
            assert_eq!(amount(money), money.to_string());
            assert_eq!(german(|| amount(money)), expected);
        }
        let whole = Money { minor: 123_400, currency: USD };
        assert_eq!((whole_amount(whole), german(|| whole_amount(whole))), ("$1,234".into(), "1.234\u{a0}$".into()));
        assert_eq!((percent(310), german(|| percent(310))), ("3.1%".into(), "3,1\u{a0}%".into()));
        assert_eq!(german(|| count(1_234_567)), "1.234.567");
    }

    #[test]
    fn counts_have_thousands_separators() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(count(-12_345), "-12,345");
    }

    #[test]
    fn amounts_are_one_per_currency_or_zero() {
        let yen = Currency::parse("JPY").expect("valid");
        assert_eq!(amounts(&[], USD), "$0.00");
        let both = [Money { minor: 4_999, currency: USD }, Money { minor: 500, currency: yen }];
        assert_eq!(amounts(&both, USD), format!("{} + {}", both[0], both[1]));
    }

    #[test]
    fn conversion_rates_need_unique_clicks() {
        let mut row = Figures::default();
        assert_eq!(conversion_rate(&row), "–");
        row.clicks.unique_clicks = 3;
        row.sales.conversions = 1;
        assert_eq!(conversion_rate(&row), "33.3%");
    }

    #[test]
    fn an_order_says_what_became_of_it() {
        let at = domain::UnixMs(0);
        let amount = Money { minor: 1_000, currency: USD };
        let (id, brand) = (domain::OrderId::new(1, [1; 10]), domain::BrandId::new(1, [1; 10]));
        let order = Order::minimal(id, brand, OrderSource::Shopify, "1".into(), at, amount);
        assert_eq!(order_status(&order), "");
        assert_eq!(order_status(&Order { refunded_minor: 400, ..order.clone() }), "Partially refunded");
        assert_eq!(order_status(&Order { refunded_minor: 1_000, ..order.clone() }), "Refunded");
        assert_eq!(order_status(&Order { cancelled_at: Some(at), ..order.clone() }), "Cancelled");
        assert_eq!(order_status(&Order { is_test: true, cancelled_at: Some(at), ..order.clone() }), "Test");
        let flagged = OrderDetails { flags: vec![OrderFlag::MixedRefund], ..OrderDetails::default() };
        let flagged = Order { details: flagged, ..order.clone() };
        assert_eq!(order_status(&flagged), "Needs review");
        assert_eq!(order_status(&Order { refunded_minor: 400, ..flagged }), "Partially refunded · Needs review");
        let repeat = OrderDetails { same_as: Some("450".to_owned()), ..OrderDetails::default() };
        assert_eq!(order_status(&Order { details: repeat, ..order }), "Counts as the shop's order");
    }

    #[test]
    fn evidence_says_whether_it_counts() {
        let piece = |refused| Evidence {
            kind: EvidenceKind::Click,
            source: String::new(),
            at: domain::UnixMs(0),
            is_timed: true,
            code: None,
            link: None,
            creator: None,
            campaign: None,
            confidence_bp: 10_000,
            strength: Strength::Proven,
            refused,
        };
        assert_eq!(verdict(&piece(None)), "Counted");
        let reason = Refusal::Bot.reason();
        assert_eq!(verdict(&piece(Some(Refusal::Bot))), format!("Not counted: {reason}"));
    }

    #[test]
    fn a_moment_reads_like_a_date_and_carries_the_exact_time() {
        let at = UnixMs::parse_rfc3339("2026-11-09T14:31:05Z").expect("valid");
        let html = moment(&Zone::UTC, Zone::UTC.day_of(at), at).to_html();
        let exact = "2026-11-09T14:31:05.000+00:00";
        assert_eq!(html, format!("<time datetime=\"{exact}\" title=\"{exact}\">9 Nov, 14:31</time>"));
        let text = |today: &str| moment_text(&Zone::UTC, Day::parse(today).expect("valid"), at);
        assert_eq!(text("2027-01-01"), "9 Nov 2026, 14:31");
        assert_eq!(german(|| text("2026-01-01")), "9. Nov., 14:31");
        assert_eq!(german(|| text("2027-01-01")), "9. Nov. 2026, 14:31");
    }
}
