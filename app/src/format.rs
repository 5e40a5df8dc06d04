//! Formats results of `flow` for people.

use domain::{
    Currency, Money, UnixMs,
    evidence::Evidence,
    link::Link,
    order::Order,
    time::{Day, Zone},
};
use flow::overview::Figures;
use leptos::prelude::*;

/// An instant in a brand's time zone: "9 Nov, 14:31", with the year if it is not today's. The exact time is in its title.
pub(crate) fn moment(zone: &Zone, today: Day, at: UnixMs) -> AnyView {
    let exact = zone.to_rfc3339(at);
    view! { <time datetime=exact.clone() title=exact>{zone.moment(at, today)}</time> }.into_any()
}

/// The day of an instant in a brand's time zone: "9 Nov", with the year if it is not today's.
pub(crate) fn day(zone: &Zone, today: Day, at: UnixMs) -> String {
    let moment = zone.moment(at, today);
    moment.split_once(", ").map_or_else(|| moment.clone(), |(day, _)| day.to_owned())
}

/// A count with thousands separators.
pub(crate) fn count(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut out = String::from(if value < 0 { "-" } else { "" });
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Amounts, one per currency; zero in the brand's currency if there are none.
pub(crate) fn amounts(amounts: &[Money], currency: Currency) -> String {
    if amounts.is_empty() {
        return Money { minor: 0, currency }.to_string();
    }
    amounts.iter().map(Money::to_string).collect::<Vec<_>>().join(" + ")
}

pub(crate) fn placement(link: &Link) -> String {
    let parts =
        [link.platform.map(domain::link::Platform::label), link.content_type.map(domain::link::ContentType::label)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

pub(crate) fn order_status(order: &Order) -> String {
    if order.is_test {
        return "Test".to_owned();
    }
    if order.details.same_as.is_some() {
        return "Counts as the shop's order".to_owned();
    }
    let state = if order.cancelled_at.is_some() {
        Some("Cancelled")
    } else if order.refunded_minor > 0 && order.refunded_minor >= order.total_minor {
        Some("Refunded")
    } else if order.refunded_minor > 0 {
        Some("Partially refunded")
    } else {
        None
    };
    let review = (!order.details.flags.is_empty()).then_some("Needs review");
    state.into_iter().chain(review).collect::<Vec<_>>().join(" · ")
}

pub(crate) fn verdict(evidence: &Evidence) -> String {
    let note = evidence.strength.note();
    evidence.refused.map_or_else(|| format!("Counted{note}"), |refusal| format!("Not counted: {}", refusal.reason()))
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
    creator.map_or_else(|| "Unassigned".to_owned(), |creator| creator.name.clone())
}

pub(crate) fn money(minor: i64, currency: domain::Currency) -> String {
    domain::Money { minor, currency }.to_string()
}

pub(crate) fn choices(creators: &[domain::creator::Creator]) -> Vec<(String, String)> {
    creators.iter().map(|creator| (creator.id.to_string(), format!("{} (@{})", creator.name, creator.handle))).collect()
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
    format!("{}.{}%", basis_points / 100, basis_points % 100 / 10)
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
        evidence::{EvidenceKind, Refusal, Strength},
        order::{OrderDetails, OrderFlag, OrderSource},
    };

    use super::*;

    const USD: Currency = Currency::USD;

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
    }
}
