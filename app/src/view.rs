//! What pages show: texts and numbers, already formatted for the brand. What a person may not see is not in them.

use serde::{Deserialize, Serialize};

/// The figures of one row or card, formatted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FiguresView {
    /// Clicks by people.
    pub clicks: String,
    /// Unique clicks.
    pub unique_clicks: String,
    /// Clicks by bots and previews.
    pub bot_clicks: String,
    /// Orders credited.
    pub conversions: String,
    /// Net revenue, an amount a currency.
    pub revenue: String,
    /// Conversions per hundred unique clicks.
    pub conversion_rate: String,
}

/// One bar of a chart, with the text that says the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BarView {
    /// Under the bar.
    pub label: String,
    /// The bar's height, in parts of 1,000 of the highest.
    pub height: u32,
    /// The value.
    pub value: String,
}

/// A day of the overview.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayView {
    /// The day, ISO 8601.
    pub day: String,
    /// Its figures.
    pub figures: FiguresView,
}

/// A row of a breakdown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowView {
    /// What the row is about.
    pub name: String,
    /// A second line.
    pub note: String,
    /// Where the name leads.
    pub href: Option<String>,
    /// Its figures.
    pub figures: FiguresView,
}

/// The chosen period.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeriodView {
    /// First day, ISO 8601.
    pub from: String,
    /// Last day, ISO 8601.
    pub to: String,
    /// The brand's time zone.
    pub zone: String,
}

/// A brand's overview.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverviewView {
    /// The brand.
    pub brand: String,
    /// The period.
    pub period: PeriodView,
    /// Everything together.
    pub total: FiguresView,
    /// All orders, credited or not: count and revenue.
    pub all_orders: (String, String),
    /// Whether there is nothing at all yet.
    pub is_empty: bool,
    /// Clicks by day.
    pub clicks_chart: Vec<BarView>,
    /// Revenue by day in the brand's currency.
    pub revenue_chart: Vec<BarView>,
    /// Days, for those who read rather than look.
    pub days: Vec<DayView>,
    /// By creator.
    pub creators: Vec<RowView>,
    /// By campaign.
    pub campaigns: Vec<RowView>,
    /// By link.
    pub links: Vec<RowView>,
}

/// Something to choose: value and label.
pub type Choice = (String, String);

/// A tracking link in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkView {
    /// Its id.
    pub id: String,
    /// The address to share.
    pub url: String,
    /// Where it leads.
    pub destination: String,
    /// Its creator.
    pub creator: String,
    /// Its campaign.
    pub campaign: String,
    /// Platform and content type.
    pub placement: String,
    /// Its promo code.
    pub promo_code: String,
    /// Whether revenue is shared.
    pub share_revenue: bool,
    /// When it was made.
    pub created_at: String,
}

/// The list of links and what its filters and form offer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinksView {
    /// The links that match the filters.
    pub links: Vec<LinkView>,
    /// Whether the brand has no link at all.
    pub is_empty: bool,
    /// Creators by name.
    pub creators: Vec<Choice>,
    /// Campaigns by name.
    pub campaigns: Vec<Choice>,
    /// Platforms.
    pub platforms: Vec<Choice>,
    /// Content types.
    pub content_types: Vec<Choice>,
}

/// A creator in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreatorView {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Handle with `@`.
    pub handle: String,
    /// Figures of the last 30 days.
    pub figures: FiguresView,
}

/// One creator, for the brand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreatorDetailView {
    /// Who.
    pub creator: CreatorView,
    /// The period.
    pub period: PeriodView,
    /// By link.
    pub links: Vec<RowView>,
    /// Aliases, separated by commas.
    pub aliases: String,
    /// The tier.
    pub tier: String,
    /// The code in affiliate URLs; empty until there is one.
    pub partner_code: String,
    /// Balances.
    pub balances: GridView,
}

/// A creator's own link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnLinkView {
    /// The address to share.
    pub url: String,
    /// Where it leads.
    pub destination: String,
    /// Clicks.
    pub clicks: String,
    /// Unique clicks.
    pub unique_clicks: String,
    /// Orders credited.
    pub conversions: String,
    /// Revenue; absent where the brand does not share it.
    pub revenue: Option<String>,
}

/// A creator's own page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreatorHomeView {
    /// The creator's name.
    pub name: String,
    /// The brand's name.
    pub brand: String,
    /// The period.
    pub period: PeriodView,
    /// Clicks.
    pub clicks: String,
    /// Unique clicks.
    pub unique_clicks: String,
    /// Orders credited.
    pub conversions: String,
    /// Revenue of the shared links; absent where none is shared.
    pub revenue: Option<String>,
    /// Clicks by day.
    pub clicks_chart: Vec<BarView>,
    /// The links.
    pub links: Vec<OwnLinkView>,
    /// What the creator has earned.
    pub earnings: GridView,
    /// Milestones reached.
    pub milestones: Vec<String>,
}

/// An order in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderView {
    /// Id.
    pub id: String,
    /// Name, such as `#1001`.
    pub name: String,
    /// When it was placed.
    pub placed_at: String,
    /// Net revenue.
    pub revenue: String,
    /// Who is credited.
    pub credited_to: String,
    /// By which evidence.
    pub evidence: String,
    /// Test, cancelled, refunded, or nothing.
    pub status: String,
}

/// A piece of evidence on an order's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceView {
    /// When.
    pub at: String,
    /// Kind.
    pub kind: String,
    /// Where it was found.
    pub source: String,
    /// Whom it names.
    pub names: String,
    /// Confidence in percent.
    pub confidence: String,
    /// Counted, or why not.
    pub verdict: String,
    /// Whether it counts.
    pub is_counted: bool,
}

/// One order with its explanation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderDetailView {
    /// The order.
    pub order: OrderView,
    /// The explanation, a sentence a line.
    pub explanation: Vec<String>,
    /// All evidence.
    pub evidence: Vec<EvidenceView>,
    /// The journey with what every model gives each touchpoint.
    pub journey: GridView,
    /// The order's lines in the commission ledger.
    pub ledger: GridView,
    /// Links that credit can be given to by hand: id and words.
    pub links: Vec<(String, String)>,
    /// Whether credit was given by hand.
    pub is_by_hand: bool,
    /// Where the customer's page is, if one is known.
    pub customer: Option<String>,
}

/// An API key in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyView {
    /// Its public name.
    pub id: String,
    /// Kind.
    pub kind: String,
    /// Live or test.
    pub mode: String,
    /// When it was made.
    pub created_at: String,
    /// When it was revoked.
    pub revoked_at: Option<String>,
}

/// A sign of health.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthView {
    /// What.
    pub name: String,
    /// In which state.
    pub state: String,
    /// Whether it is well.
    pub is_well: bool,
}

/// The setup page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupView {
    /// Address of the pixel, without its key.
    pub pixel_url: String,
    /// The keys.
    pub keys: Vec<KeyView>,
    /// The pixel's health.
    pub pixel: Vec<HealthView>,
    /// The shops' health.
    pub shops: Vec<HealthView>,
    /// The latest lines of the audit log.
    pub audit: Vec<(String, String, String)>,
}

/// A row of a table of texts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GridRow {
    /// The cells; the first heads the row.
    pub cells: Vec<String>,
    /// A remark under the first cell.
    pub note: String,
    /// Where the first cell leads.
    pub href: Option<String>,
}

/// The customer page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerView {
    /// The client's name of the customer, or that there is none.
    pub name: String,
    /// When they were first known, in words.
    pub since: String,
    /// What they bought for.
    pub total: String,
    /// How often they did what.
    pub counts: String,
    /// Everything, the latest first.
    pub timeline: GridView,
}

/// A table of texts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GridView {
    /// What it is, for screen readers.
    pub label: String,
    /// Column heads.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<GridRow>,
    /// Whether its cells are text rather than numbers.
    pub is_text: bool,
}

/// The models page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelsView {
    /// The period.
    pub period: PeriodView,
    /// Net revenue by creator and model.
    pub by_creator: GridView,
    /// When and from what the models over all journeys were computed.
    pub learned_note: String,
    /// What they give.
    pub learned: GridView,
}

/// A commission rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleView {
    /// Its id.
    pub id: String,
    /// For whom or what.
    pub scope: String,
    /// What it pays.
    pub pays: String,
    /// From when to when.
    pub in_force: String,
    /// Whether it can still be ended.
    pub is_open: bool,
}

/// The commissions page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommissionsView {
    /// The hold period in words.
    pub hold: String,
    /// Whether a person approves.
    pub approves_by_hand: bool,
    /// Balances.
    pub balances: GridView,
    /// Rules.
    pub rules: Vec<RuleView>,
    /// Creators by id.
    pub creators: Vec<(String, String)>,
    /// Makes sending the adjustment form twice add one line.
    pub adjustment_key: String,
    /// The ledger's latest lines.
    pub ledger: GridView,
}

/// A payout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutView {
    /// Its id.
    pub id: String,
    /// All of it.
    pub total: String,
    /// When and by whom it was made.
    pub made: String,
    /// How it stands, in words.
    pub state: String,
    /// Whether it can be closed.
    pub is_open: bool,
    /// Who gets what.
    pub items: GridView,
}

/// The payouts page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutsView {
    /// Currencies in which something is payable, and how much.
    pub payable: Vec<(String, String)>,
    /// The payouts, newest first.
    pub payouts: Vec<PayoutView>,
}

/// An answer that waits for a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerView {
    /// Its id.
    pub id: String,
    /// The order, as the seller names it.
    pub order: String,
    /// What was asked.
    pub question: String,
    /// What was answered.
    pub answer: String,
    /// When.
    pub at: String,
}

/// The survey page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SurveyView {
    /// Answers that wait.
    pub open: Vec<AnswerView>,
    /// Creators by id.
    pub creators: Vec<(String, String)>,
    /// Where Fairing sends answers.
    pub url: String,
    /// Whether a key is set.
    pub has_key: bool,
}

/// A policy in a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyView {
    /// The model's stored name.
    pub model: String,
    /// Evidence classes, the winner first, separated by commas.
    pub precedence: String,
    /// The lookback window.
    pub lookback_days: u32,
    /// First day.
    pub from: String,
}

/// What a policy would have done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewView {
    /// In a sentence.
    pub summary: String,
    /// By creator.
    pub creators: GridView,
    /// The policy, to be saved as it is.
    pub policy: PolicyView,
}

/// The settings page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsView {
    /// The policy in force now.
    pub policy: PolicyView,
    /// Every version.
    pub versions: GridView,
    /// Models: stored name and label.
    pub models: Vec<(String, String)>,
    /// Orders of precedence: value and words.
    pub precedences: Vec<(String, String)>,
    /// The hold period.
    pub hold_days: u32,
    /// Whether a person approves.
    pub approves_by_hand: bool,
    /// Whether browsers are believed about who their customer is.
    pub trusts_browser_identities: bool,
    /// How many orders are settled again, of how many, while that is under way.
    pub recompute: Option<(i64, i64)>,
    /// Revenue milestones, separated by commas.
    pub steps: String,
    /// What is closed, in words.
    pub closed: String,
}

#[cfg(feature = "ssr")]
pub(crate) mod make {
    //! How views are made of what the flow answers.

    use domain::{Currency, Money, brand::Brand, evidence::Evidence, link::Link, order::Order, time::Period};
    use flow::overview::Figures;

    use super::{BarView, CustomerView, FiguresView, GridRow, GridView, PeriodView};

    /// A table of texts.
    pub(crate) fn grid<const N: usize>(
        label: &str,
        columns: [&str; N],
        is_text: bool,
        rows: impl IntoIterator<Item = [String; N]>,
    ) -> GridView {
        GridView {
            label: label.to_owned(),
            columns: columns.map(str::to_owned).into(),
            rows: rows.into_iter().map(|cells| GridRow { cells: cells.into(), ..GridRow::default() }).collect(),
            is_text,
        }
    }

    /// The customer page from the customer API's document ([`flow::timeline`]) and the currency of each event.
    pub(crate) fn customer(customer: &serde_json::Value, currencies: &[Currency]) -> CustomerView {
        let text = |value: &serde_json::Value| value.as_str().unwrap_or("").to_owned();
        // `2026-03-05T14:07:00.000+01:00`, in the brand's zone already.
        let when = |value: &serde_json::Value| text(value).get(..16).unwrap_or("").replace('T', " ");
        let money = |value: &serde_json::Value, currency: Currency| {
            Money::parse(&text(value), currency).map_or_else(|_| text(value), |money| money.to_string())
        };
        let list = |name: &str| customer[name].as_array().cloned().unwrap_or_default();
        let mut rows: Vec<(String, [String; 4])> = Vec::new();
        let mut add = |row: &serde_json::Value, what: String, through: String, amount: String| {
            let at = &row["created_at"];
            rows.push((text(at), [when(at), what, through, amount]));
        };
        for (event, currency) in list("events").iter().zip(currencies) {
            let credits = event["attribution_model_outputs"].as_array().cloned().unwrap_or_default();
            let through = credits.iter().map(|credit| {
                let percent = credit["weight"].as_f64().unwrap_or(0.0);
                let earned = money(&credit["event_weighted_amount"], *currency);
                format!("{} {percent:.0} % ({earned})", text(&credit["source_name"]))
            });
            let through = through.collect::<Vec<_>>().join(", ");
            match text(&event["event_type_name"]).as_str() {
                "PurchaseEventType" => {
                    let what = format!("Order {}", text(&event["transaction_id"]));
                    add(event, what, through, money(&event["amount"], *currency));
                }
                _ => add(event, text(&event["event_public_key"]), through, String::new()),
            }
        }
        for touch in list("touchpoints") {
            let is_click = !touch["user_agent"].is_null();
            let what = if is_click { "Click" } else { "Named in an order" };
            add(&touch, what.to_owned(), text(&touch["url"]), String::new());
        }
        for view in list("pageviews") {
            add(&view, "Page view".to_owned(), text(&view["url"]), String::new());
        }
        rows.sort_by(|(one, _), (other, _)| other.cmp(one));
        let summary = &customer["summary"];
        let number = |name: &str| count(summary[name].as_i64().unwrap_or(0));
        let total = currencies.last().map_or_else(String::new, |currency| money(&summary["total_amount"], *currency));
        CustomerView {
            name: customer["client_id"].as_str().map_or_else(|| "A customer without a name".to_owned(), str::to_owned),
            since: format!("known since {}", when(&customer["created_at"])),
            total: if total.is_empty() { "Nothing bought yet".to_owned() } else { format!("{total} bought in all") },
            counts: format!(
                "Orders and other events: {} · touchpoints: {} · page views: {}",
                number("events_count"),
                number("touchpoints_count"),
                number("pageviews_count")
            ),
            timeline: grid(
                "Timeline",
                ["When", "What", "Through", "Amount"],
                true,
                rows.into_iter().map(|(_, row)| row),
            ),
        }
    }

    /// A count with its thousands separated.
    pub(crate) fn count(value: i64) -> String {
        let digits = value.unsigned_abs().to_string();
        let mut out = String::from(if value < 0 { "-" } else { "" });
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                out.push(',');
            }
            out.push(digit);
        }
        out
    }

    /// Amounts, one a currency; zero of the brand's currency when there is none.
    pub(crate) fn amounts(amounts: &[Money], currency: Currency) -> String {
        if amounts.is_empty() {
            return Money { minor: 0, currency }.to_string();
        }
        amounts.iter().map(Money::to_string).collect::<Vec<_>>().join(" + ")
    }

    pub(crate) fn figures(figures: &Figures, currency: Currency) -> FiguresView {
        let rate = figures.conversion_rate_bp();
        FiguresView {
            clicks: count(figures.clicks.clicks),
            unique_clicks: count(figures.clicks.unique_clicks),
            bot_clicks: count(figures.clicks.bot_clicks),
            conversions: count(figures.sales.conversions),
            revenue: amounts(&figures.sales.amounts(currency), currency),
            conversion_rate: rate.map_or_else(|| "–".to_owned(), |bp| format!("{}.{:02} %", bp / 100, bp % 100)),
        }
    }

    pub(crate) fn period(period: Period, brand: &Brand) -> PeriodView {
        PeriodView { from: period.from.to_string(), to: period.to.to_string(), zone: brand.zone.name().to_owned() }
    }

    /// Bars of values, scaled to the highest.
    pub(crate) fn bars(values: impl IntoIterator<Item = (String, i64, String)>) -> Vec<BarView> {
        let values: Vec<_> = values.into_iter().collect();
        let highest = values.iter().map(|(_, value, _)| *value).max().unwrap_or(0).max(1);
        values
            .into_iter()
            .map(|(label, value, text)| BarView {
                label,
                height: u32::try_from(i128::from(value.max(0)) * 1000 / i128::from(highest)).unwrap_or(1000),
                value: text,
            })
            .collect()
    }

    pub(crate) fn placement(link: &Link) -> String {
        let parts =
            [link.platform.map(domain::link::Platform::label), link.content_type.map(domain::link::ContentType::label)];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }

    pub(crate) fn order_status(order: &Order) -> String {
        if order.is_test {
            "Test".to_owned()
        } else if order.cancelled_at.is_some() {
            "Cancelled".to_owned()
        } else if order.refunded_minor > 0 {
            "Refunded in part".to_owned()
        } else {
            String::new()
        }
    }

    pub(crate) fn verdict(evidence: &Evidence) -> String {
        evidence.refused.map_or_else(|| "Counted".to_owned(), |refusal| format!("Not counted: {}", refusal.reason()))
    }
}
