//! The use cases, one file each: load facts, decide with `domain`, save in one transaction.
//!
//! A caller's right is a type of [`access`] whose only constructor checks a proof; the brand id comes only from there.
//!
//! Every function that reaches the database may fail with [`FlowError::Store`]; `# Errors` sections name the others.
#![deny(missing_docs)]

mod abandoned;
pub mod access;
pub mod account;
pub mod agent;
mod alias;
pub mod api;
pub mod budget;
mod cache;
pub mod campaign;
pub mod click;
pub mod collab_page;
pub mod commission;
pub mod context;
pub mod creator;
pub mod creator_merge;
pub mod creator_profile;
pub mod creator_view;
pub mod customer;
pub mod delivery;
pub mod doctor;
pub mod error;
pub mod event;
pub mod explain;
pub mod export;
pub mod failed_job;
mod full_windows;
mod hash;
pub mod identity;
pub mod import;
mod import_slots;
pub mod install;
pub mod job;
pub mod job_runner;
pub mod klaviyo;
pub mod link;
pub mod link_edit;
pub mod mail;
pub mod model;
pub mod order;
pub mod outbound;
pub mod overview;
pub mod payout;
pub mod payout_details;
pub mod policy;
pub mod proof;
pub mod question;
pub mod retention;
pub mod rollup;
pub mod sample;
mod self_referral;
pub mod settle;
pub mod setup;
mod shop_erasure;
mod spending;
pub mod spreadsheet;
pub mod stage;
pub mod survey;
mod task;
pub mod tier;
pub mod tracking;
pub mod transport;
pub mod vault;
pub mod webhook;

pub use context::{Clock, Flow, Outside, Random, Settings, ShopifyApp};
pub use error::{FlowError, Invalid};
pub use store::jobs::Lane;
