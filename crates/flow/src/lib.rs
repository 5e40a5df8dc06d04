//! What happens: one file a stage. Each loads facts, decides with `domain`, and saves in one transaction.
//!
//! A caller's right is a value of [`access`] that only a proof can make; the brand comes from nowhere else.
#![deny(missing_docs)]

pub mod access;
pub mod agent;
pub mod click;
pub mod commission;
pub mod context;
pub mod creator;
pub mod delivery;
pub mod error;
pub mod event;
pub mod explain;
pub mod install;
pub mod job;
pub mod link;
pub mod model;
pub mod order;
pub mod overview;
pub mod payout;
pub mod policy;
pub mod profile;
pub mod setup;
pub mod survey;
pub mod timeline;
pub mod tracking;
pub mod vault;

pub use context::{Clock, Flow, Random, Settings, ShopifyApp};
pub use error::{FlowError, Invalid};
