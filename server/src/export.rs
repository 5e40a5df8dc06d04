//! Exports a brand's data as JSON or CSV.
//!
//! CSV follows RFC 4180. Text cells that a spreadsheet would run as a formula are prefixed with `'` (ASVS 1.2.10).

use std::io::Write;

use domain::{
    Money,
    link::{ContentType, Link, Platform},
    order::{Order, OrderFlag},
};
use flow::{
    Flow,
    access::Merchant,
    export::{CreatorProfile, Object},
    spreadsheet::text_cell,
};
use serde_json::{Map, Value, json};

/// Rows per page of a query.
const PAGE: i64 = 1_000;

/// The kind of rows to export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Dataset {
    /// Every stored event.
    Events,
    /// Every click, with bot and uniqueness flags.
    Clicks,
    /// Every order.
    Orders,
    /// Every credit.
    Credits,
    /// Every creator who is not erased, archived ones too. E-mail addresses are not stored.
    Creators,
    /// Every link, deleted ones too, and those that only carry a creator's discount code.
    Links,
}

/// Output format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// One JSON array.
    Json,
    /// CSV by RFC 4180, with a header line.
    Csv,
}

type Failure = Box<dyn core::error::Error + Send + Sync>;

/// Writes all rows of one kind to `out`, a page at a time, and returns how many.
pub async fn export(
    flow: &Flow,
    merchant: &Merchant,
    what: Dataset,
    format: Format,
    out: &mut (dyn Write + Send),
) -> Result<u64, Failure> {
    let mut writer = Rows::new(format, columns(what), out)?;
    let mut after = (String::new(), -1_i64);
    loop {
        let page = page(flow, merchant, what, &after).await?;
        let Some((last, _)) = page.last() else { break };
        after = last.clone();
        for (_, row) in page {
            writer.write(&row)?;
        }
    }
    writer.finish()
}

fn columns(what: Dataset) -> &'static [&'static str] {
    match what {
        Dataset::Creators => &[
            "id",
            "external_id",
            "name",
            "first_name",
            "last_name",
            "handle",
            "has_email",
            "aliases",
            "tier",
            "tags",
            "status",
            "socials",
            "partner_code",
            "metadata",
            "created_at",
            "archived_at",
        ],
        Dataset::Links => &[
            "id",
            "code",
            "destination",
            "creator_id",
            "campaign_id",
            "platform",
            "content_type",
            "promo_code",
            "share_revenue",
            "is_direct",
            "created_at",
            "expires_at",
            "deleted_at",
        ],
        Dataset::Events => &[
            "id",
            "event_id",
            "event_type",
            "pv_id",
            "pv_alias",
            "occurred_at",
            "received_at",
            "page_url",
            "ref_code",
            "product_id",
            "order_id",
            "revenue",
            "revenue_minor",
            "currency",
            "promo_code",
            "is_new_customer",
            "event_data",
            "is_verified",
            "is_test",
        ],
        Dataset::Clicks => &[
            "id",
            "link_id",
            "creator_id",
            "pv_id",
            "at",
            "device",
            "browser",
            "os",
            "country",
            "referrer_host",
            "is_bot",
            "bot_reason",
            "is_unique",
        ],
        Dataset::Orders => &[
            "id",
            "source",
            "external_id",
            "name",
            "placed_at",
            "updated_at",
            "cancelled_at",
            "currency",
            "total_minor",
            "subtotal_minor",
            "refunded_minor",
            "net_minor",
            "is_test",
            "is_new_customer",
            "promo_codes",
            "same_as",
            "review",
        ],
        Dataset::Credits => &[
            "order_id",
            "position",
            "link_id",
            "creator_id",
            "campaign_id",
            "kind",
            "touched_at",
            "weight",
            "currency",
            "amount_minor",
            "amount",
        ],
    }
}

/// Why a person should look at an order, in short; several reasons are separated by spaces.
fn review(order: &Order) -> String {
    let reason = |flag: &OrderFlag| match flag {
        OrderFlag::MixedRefund => "mixed_refund".to_owned(),
        OrderFlag::PossibleRepeat(other) => format!("possible_repeat:{other}"),
    };
    let flags = order.details.flags.iter().filter(|_| order.details.same_as.is_none());
    flags.map(reason).collect::<Vec<_>>().join(" ")
}

/// A row and the key (id, position) after which the next page starts.
type Keyed = ((String, i64), Map<String, Value>);

fn creator_row(object: &Object<CreatorProfile>) -> Value {
    let CreatorProfile { creator, profile } = &object.value;
    let socials = profile.socials.iter().map(|social| format!("{}:{}", social.platform.as_str(), social.handle));
    let notes: Map<String, Value> =
        object.details.metadata.iter().map(|(name, value)| (name.to_owned(), json!(value))).collect();
    json!({
        "id": creator.id, "external_id": object.details.external_id, "name": creator.name,
        "first_name": profile.first_name, "last_name": profile.last_name, "handle": creator.handle,
        "has_email": creator.email_hash.is_some(), "aliases": creator.aliases.join("; "), "tier": creator.tier,
        "tags": profile.tags.join("; "), "status": profile.status.as_str(),
        "socials": socials.collect::<Vec<_>>().join("; "), "partner_code": creator.partner_code,
        "metadata": Value::Object(notes).to_string(), "created_at": creator.created_at.to_rfc3339(),
        "archived_at": object.archived_at.map(domain::UnixMs::to_rfc3339),
    })
}

fn link_row(link: &Link) -> Value {
    json!({
        "id": link.id, "code": link.code, "destination": link.destination, "creator_id": link.creator,
        "campaign_id": link.campaign, "platform": link.platform.map(Platform::as_str),
        "content_type": link.content_type.map(ContentType::as_str), "promo_code": link.promo_code,
        "share_revenue": link.share_revenue, "is_direct": link.is_direct, "created_at": link.created_at.to_rfc3339(),
        "expires_at": link.expires_at.map(domain::UnixMs::to_rfc3339),
        "deleted_at": link.deleted_at.map(domain::UnixMs::to_rfc3339),
    })
}

async fn page(flow: &Flow, merchant: &Merchant, what: Dataset, after: &(String, i64)) -> Result<Vec<Keyed>, Failure> {
    let keyed = |id: &str, row: Value| ((id.to_owned(), 0), row.as_object().cloned().unwrap_or_default());
    Ok(match what {
        Dataset::Creators => {
            let creators = flow.exports().creators(merchant, &after.0, PAGE).await?;
            creators.iter().map(|object| keyed(object.value.creator.id.as_str(), creator_row(object))).collect()
        }
        // They are all in memory: the first page is the only one.
        Dataset::Links if !after.0.is_empty() => Vec::new(),
        Dataset::Links => {
            let links = flow.exports().links(merchant).await?;
            links.iter().map(|link| keyed(link.id.as_str(), link_row(link))).collect()
        }
        Dataset::Events => flow
            .exports()
            .events(merchant, &after.0, PAGE)
            .await?
            .iter()
            .map(|event| {
                let row = json!({
                    "id": event.id, "event_id": event.sender_id(), "event_type": event.event_type, "pv_id": event.pv_id, "pv_alias": event.pv_alias,
                    "occurred_at": event.occurred_at.to_rfc3339(), "received_at": event.received_at.to_rfc3339(),
                    "page_url": event.page_url, "ref_code": event.ref_code, "product_id": event.product_id,
                    "order_id": event.order_id, "revenue": event.revenue.map(Money::to_decimal),
                    "revenue_minor": event.revenue.map(|money| money.minor),
                    "currency": event.revenue.map(|money| money.currency), "promo_code": event.promo_code,
                    "is_new_customer": event.is_new_customer, "event_data": event.event_data,
                    "is_verified": event.is_verified, "is_test": event.is_test,
                });
                keyed(&event.id, row)
            })
            .collect(),
        Dataset::Clicks => flow
            .exports()
            .clicks(merchant, &after.0, PAGE)
            .await?
            .iter()
            .map(|record| {
                let click = &record.click;
                let row = json!({
                    "id": click.id, "link_id": click.link, "creator_id": click.creator, "pv_id": click.pv_id,
                    "at": click.at.to_rfc3339(), "device": click.device, "browser": click.browser, "os": click.os,
                    "country": click.country, "referrer_host": click.referrer_host, "is_bot": click.bot.is_some(),
                    "bot_reason": click.bot, "is_unique": record.is_unique,
                });
                keyed(click.id.as_str(), row)
            })
            .collect(),
        Dataset::Orders => flow
            .exports()
            .orders(merchant, &after.0, PAGE)
            .await?
            .iter()
            .map(|order| {
                let row = json!({
                    "id": order.id, "source": order.source, "external_id": order.external_id, "name": order.name,
                    "placed_at": order.placed_at.to_rfc3339(), "updated_at": order.version.at().max(order.placed_at).to_rfc3339(),
                    "cancelled_at": order.cancelled_at.map(domain::UnixMs::to_rfc3339), "currency": order.currency,
                    "total_minor": order.total_minor, "subtotal_minor": order.subtotal_minor,
                    "refunded_minor": order.refunded_minor, "net_minor": order.net_minor(), "is_test": order.is_test,
                    "is_new_customer": order.is_new_customer, "promo_codes": order.promo_codes.join(" "),
                    "same_as": order.details.same_as, "review": review(order),
                });
                keyed(order.id.as_str(), row)
            })
            .collect(),
        Dataset::Credits => flow
            .exports()
            .credits(merchant, (&after.0, after.1), PAGE)
            .await?
            .iter()
            .map(|record| {
                let credit = &record.credit;
                let amount = Money { minor: credit.amount_minor, currency: record.currency };
                let row = json!({
                    "order_id": record.order, "position": record.position, "link_id": credit.link,
                    "creator_id": credit.creator, "campaign_id": credit.campaign, "kind": credit.kind,
                    "touched_at": credit.at.to_rfc3339(), "weight": credit.weight, "currency": record.currency,
                    "amount_minor": credit.amount_minor, "amount": amount.to_decimal(),
                });
                ((record.order.to_string(), record.position), row.as_object().cloned().unwrap_or_default())
            })
            .collect(),
    })
}

enum Rows<'a> {
    Json { out: &'a mut (dyn Write + Send), count: u64 },
    Csv { out: Box<csv::Writer<&'a mut (dyn Write + Send)>>, columns: &'static [&'static str], count: u64 },
}

impl<'a> Rows<'a> {
    fn new(format: Format, columns: &'static [&'static str], out: &'a mut (dyn Write + Send)) -> Result<Self, Failure> {
        match format {
            Format::Json => {
                out.write_all(b"[")?;
                Ok(Self::Json { out, count: 0 })
            }
            Format::Csv => {
                let mut out = csv::Writer::from_writer(out);
                out.write_record(columns)?;
                Ok(Self::Csv { out: Box::new(out), columns, count: 0 })
            }
        }
    }

    fn write(&mut self, row: &Map<String, Value>) -> Result<(), Failure> {
        match self {
            Self::Json { out, count } => {
                out.write_all(if *count == 0 { b"\n" } else { b",\n" })?;
                serde_json::to_writer(&mut **out, row)?;
                *count += 1;
            }
            Self::Csv { out, columns, count } => {
                out.write_record(columns.iter().map(|column| cell(row.get(*column))))?;
                *count += 1;
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<u64, Failure> {
        match self {
            Self::Json { out, count } => {
                out.write_all(b"\n]\n")?;
                out.flush()?;
                Ok(count)
            }
            Self::Csv { mut out, count, .. } => {
                out.flush()?;
                Ok(count)
            }
        }
    }
}

/// Formats a CSV cell. Numbers stay unchanged, including negative ones; texts that look like formulas are escaped.
fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text_cell(text),
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_text_cells_are_never_formulas() {
        assert_eq!(cell(Some(&json!("=cmd|' /C calc'!A0"))), "'=cmd|' /C calc'!A0");
        assert_eq!(cell(Some(&json!("@SUM(1)"))), "'@SUM(1)");
        assert_eq!(cell(Some(&json!("-5.00"))), "-5.00");
        assert_eq!(cell(Some(&json!(-5))), "-5");
        assert_eq!(cell(None), "");
    }
}
