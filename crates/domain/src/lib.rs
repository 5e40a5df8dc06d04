//! What is true about clicks, orders, money and credit.
//!
//! Pure: no clock, no randomness, no I/O, no async. Everything that varies is an argument, so that the same facts
//! give the same bytes on any machine, in a test and in an audit years later.
#![deny(missing_docs)]

pub mod api_key;
pub mod attribution;
pub mod brand;
pub mod campaign;
pub mod click;
pub mod commission;
pub mod creator;
pub mod event;
pub mod evidence;
pub mod id;
pub mod link;
pub mod milestone;
pub mod model;
pub mod money;
pub mod order;
pub mod policy;
pub mod report;
pub mod shop;
pub mod survey;
pub mod time;

pub use id::{
    AnswerId, BrandId, CampaignId, ClickId, CreatorId, CustomerId, EntryId, EventId, LinkId, OrderId, PayoutId, RuleId,
};
pub use money::{Currency, Money};
pub use time::UnixMs;
