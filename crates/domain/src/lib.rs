//! The rules of attribution and commissions: types and pure functions over clicks, orders, money and credit.
//!
//! Pure: no clock, no randomness, no I/O, no async. Time, random bytes and stored data are arguments, so the same input
//! gives the same bytes on any machine, in a test and in an audit years later.
//!
//! # Units
//!
//! Names end in their unit: `_minor` is minor units of a currency (cents for USD, yen for JPY), `_ms` milliseconds,
//! `_s` seconds, `_bp` basis points (parts of 10,000). Instants are Unix milliseconds ([`UnixMs`]).
//!
//! # Glossary
//!
//! Who:
//!
//! * **Brand**: a merchant and the tenant; every other record belongs to exactly one ([`brand`]).
//! * **Creator**: a person who promotes the brand and earns commissions ([`creator`]).
//! * **Shop**: the Shopify shop on which a brand has installed the app ([`shop`]).
//! * **Visitor**: one browser, known by its `pv_id` (a UUID in a first-party cookie).
//! * **Customer**: one person, to whom visitors, orders and e-mail hashes are joined.
//! * **Identity**: one thing a customer is known by: a visitor id, a customer key, an e-mail hash ([`identity`]).
//! * **Claim**: an identity that an unverified source reported, such as a browser; it never merges two customers.
//!
//! What happens:
//!
//! * **Link**: a tracking link: a code, a destination and the creator it credits ([`link`]).
//! * **Campaign**: a name under which links are reported together ([`campaign`]).
//! * **Product**, **collab**, **drop**, **content**: what a brand shows with its creators ([`catalogue`]).
//! * **Promo code**: a discount code assigned to a link; using it is evidence for that link.
//! * **Click**: one request of a tracking link ([`click`]). A bot's click is stored but never counts.
//! * **Event**: a page view, add to cart, checkout start or purchase that a storefront or backend reported ([`event`]).
//! * **Order**: a sale with its amounts, merged from all reports of it ([`order`]).
//! * **Outbound event**: a fact as it is reported to other systems, once ([`outbound`]).
//! * **Klaviyo connection**: a brand's account there, in which some outbound events become events ([`klaviyo`]).
//! * **Webhook endpoint**: where a brand's outbound events are sent ([`webhook`]).
//! * **Verified**: reported with a server key or a signed webhook, not by a browser.
//! * **Test record**: written with a test key or for a test order; stored, but never counted or paid.
//!
//! Attribution:
//!
//! * **Evidence**: a reason to think that a link led to an order, with source, time and confidence ([`evidence`]).
//! * **Touchpoint**: one contact of the shopper with a link before the order; several pieces of evidence may show it.
//! * **Journey**: all touchpoints of one order that count, in time order.
//! * **Conversion**: an order that is neither cancelled nor a test order.
//! * **Attribution model**: the rule by which touchpoints share an order's net revenue ([`model`]).
//! * **Policy**: a brand's rules: precedence of evidence classes, attribution model, lookback window ([`policy`]).
//! * **Lookback window**: how many days before the order a touchpoint still counts.
//! * **Credit**: one link's share of an order's net revenue ([`attribution::Credit`]).
//! * **Conflict**: evidence that counts names a creator or link other than the credited ones.
//!
//! Money:
//!
//! * **Net revenue**: an order's total less refunds; zero once cancelled ([`order::Order::net_minor`]).
//! * **Settlement**: attributing an order again from all stored data and booking the difference in commissions.
//! * **Commission**: what a creator is owed for an order by one of the brand's rules ([`commission`]).
//! * **Hold period**: days after an order before its commission may be approved and paid ([`brand::Settings`]).
//! * **Ledger**: append-only list of accruals, reversals, adjustments and payouts ([`commission::EntryKind`]).
//! * **Payout**: a batch that pays creators what the ledger owes them, in one currency.
//! * **Payout details**: how a creator is paid, and the address to pay to ([`payout_details`]).
//! * **Closed period**: all days through [`brand::Settings::closed_through`]; their figures never change again.
//! * **Revenue proof**: a signed statement about a creator's shared revenue, for strangers to verify ([`proof`]).
//! * **Question**: what a creator asks the brand about a sale ([`question`]).
//! * **Milestone**: a number of orders or an amount of revenue that a creator has reached ([`milestone`]).
#![deny(missing_docs)]

pub mod account;
pub mod api_key;
pub mod attribution;
pub mod brand;
pub mod campaign;
pub mod catalogue;
pub mod click;
pub mod click_source;
pub mod collab_page;
pub mod commission;
pub mod creator;
pub mod erasure;
pub mod event;
pub mod evidence;
pub mod facts_version;
pub mod fraction;
pub mod id;
pub mod identity;
pub mod import;
pub mod klaviyo;
pub mod language;
pub mod link;
pub mod metadata;
pub mod milestone;
pub mod model;
pub mod money;
pub mod order;
pub mod outbound;
pub mod outcome;
pub mod payout_details;
pub mod period;
pub mod policy;
pub mod proof;
pub mod question;
pub mod report;
pub mod retention;
pub mod scope;
pub mod settlement;
pub mod shop;
pub mod survey;
pub mod tier;
pub mod time;
pub mod verdict;
pub mod webhook;

pub use facts_version::FactsVersion;
pub use fraction::Fraction;
pub use id::{
    AccountId, AnswerId, BrandId, CampaignId, ClickId, CollabId, ContentId, CreatorId, CustomerId, DropId, EndpointId,
    EntryId, EventId, ImportId, InvitationId, LinkId, MessageId, OrderId, PayoutId, ProductId, ProofId, QuestionId,
    RuleId,
};
pub use identity::Identity;
pub use money::{Currency, Money};
pub use time::UnixMs;
