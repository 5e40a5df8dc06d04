//! `creatorscore order`: a brand's orders.

use clap::Subcommand;
use domain::BrandId;
use flow::{Flow, access::Operator};

use super::{
    objects::Answer,
    table::{Line, details, table},
};
use crate::http::OrderObjectBody;

const DETAILS: [&str; 11] = [
    "id",
    "external_id",
    "name",
    "source",
    "placed_at",
    "cancelled_at",
    "currency",
    "total_minor",
    "refunded_minor",
    "net_minor",
    "settled",
];
const CREDITS: [&str; 6] = ["creator", "link", "campaign", "kind", "amount_minor", "weight"];

#[derive(Subcommand, Debug)]
pub(super) enum OrderCommand {
    /// Show an order and who is credited
    Show {
        /// The brand's id
        #[arg(long)]
        brand: BrandId,
        /// Our id (ord_…) or the seller's id of the order
        #[arg(long)]
        order: String,
    },
}

/// Runs a command. Returns its answer as JSON and as text.
pub(super) async fn run(flow: &Flow, operator: Operator, command: OrderCommand) -> Answer {
    let OrderCommand::Show { brand, order } = command;
    let merchant = flow.access().merchant_by_operator(operator, &brand).await?;
    let stored = flow.api().order(&merchant, &order).await?;
    let shown = serde_json::to_value(OrderObjectBody::of(&stored, !merchant.is_sandbox()))?;
    let credits: Vec<Line> =
        shown["credits"].as_array().into_iter().flatten().map(|credit| Line::of(credit, &CREDITS)).collect();
    let credits = if credits.is_empty() { "Nobody is credited.".to_owned() } else { table(&CREDITS, &credits) };
    let text = format!("{}\n\n{credits}", details(&shown, &DETAILS));
    Ok((shown, text))
}
