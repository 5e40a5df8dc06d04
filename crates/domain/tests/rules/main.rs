//! The rules about money, in words and with exact figures, through the crate's public interface alone.
//!
//! `cargo mutants` measures how much of the rules these tests hold (CONTRIBUTING.md). One binary, so that it links
//! once for every change.

mod attribution;
mod commission;
mod fixture;
mod heuristics;
mod identity;
mod markov;
mod money;
mod order;
mod order_change;
mod order_merge;
mod outbound;
mod settlement;
mod settlement_ledger;
mod shapley;
mod visitors;
