//! `creatorscore privacy`: how long a brand's visits and sessions are kept, and the exports that customers asked for.

use clap::Subcommand;
use domain::{BrandId, id::DataExportId, retention::Retention};
use flow::{Flow, access::Operator};
use serde_json::{Value, json};

use crate::serve::Failure;

#[derive(Subcommand, Debug)]
pub(crate) enum PrivacyCommand {
    /// List the exports of what is stored about customers; each is there for 30 days
    Requests {
        /// The brand's id
        #[arg(long)]
        brand: BrandId,
    },
    /// Print one of these exports as JSON
    Export {
        /// The brand's id
        #[arg(long)]
        brand: BrandId,
        /// The export's id
        #[arg(long)]
        id: DataExportId,
    },
    /// Show, or set, for how many days visits and ended sessions are kept
    Retention {
        /// The brand's id
        #[arg(long)]
        brand: BrandId,
        /// Days for which events are kept
        #[arg(long)]
        event_days: Option<u32>,
        /// Days for which clicks are kept
        #[arg(long)]
        click_days: Option<u32>,
        /// Days for which landings, and which ids belong to one browser, are kept
        #[arg(long)]
        landing_days: Option<u32>,
        /// Days for which sessions and sign-in links are kept after they expired
        #[arg(long)]
        access_days: Option<u32>,
    },
}

/// Runs a command. Returns its result as JSON and as text.
pub(crate) async fn run(flow: &Flow, operator: Operator, command: PrivacyCommand) -> Result<(Value, String), Failure> {
    match command {
        PrivacyCommand::Requests { brand } => {
            let merchant = flow.access().merchant_by_operator(operator, &brand).await?;
            let exports = flow.customers().data_exports(&merchant).await?;
            let zone = &merchant.brand().zone;
            let lines: Vec<String> = exports
                .iter()
                .map(|export| {
                    let (requested, deleted) = (zone.show(export.requested_at), zone.show(export.expires_at));
                    format!("{} requested {requested}, deleted {deleted}", export.id)
                })
                .collect();
            let list: Vec<Value> = exports
                .iter()
                .map(|export| {
                    json!({ "id": export.id, "requested_at": export.requested_at, "expires_at": export.expires_at })
                })
                .collect();
            let text = if lines.is_empty() { "No requests in the last 30 days.".to_owned() } else { lines.join("\n") };
            Ok((json!({ "exports": list }), text))
        }
        PrivacyCommand::Export { brand, id } => {
            let merchant = flow.access().merchant_by_operator(operator, &brand).await?;
            let text = flow.customers().data_export(&merchant, &id).await?;
            Ok((serde_json::from_str(&text)?, text))
        }
        PrivacyCommand::Retention { brand, event_days, click_days, landing_days, access_days } => {
            let merchant = flow.access().merchant_by_operator(operator, &brand).await?;
            let before = merchant.brand().settings.retention;
            let after = Retention {
                event_days: event_days.unwrap_or(before.event_days),
                click_days: click_days.unwrap_or(before.click_days),
                landing_days: landing_days.unwrap_or(before.landing_days),
                access_days: access_days.unwrap_or(before.access_days),
            };
            if after != before {
                flow.retention().save(&merchant, after).await?;
            }
            let Retention { event_days, click_days, landing_days, access_days } = after;
            let text = format!(
                "Kept: events {event_days}, clicks {click_days}, landings {landing_days}, ended sessions {access_days} days."
            );
            Ok((json!(after), text))
        }
    }
}
