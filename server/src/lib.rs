//! The server process around `flow`: configuration, command line, routes, ingest buffer, job worker, telemetry.
//!
//! Contains no business rules and no SQL.

pub mod cli;
pub mod config;
pub mod database;
pub mod demo;
pub mod demo_mailbox;
pub mod doctor;
mod event_feed;
mod events;
pub mod export;
mod gather;
pub mod http;
mod import;
pub mod inbox;
pub mod ingest;
pub mod listen;
pub mod mail;
mod mcp_stdio;
pub mod models;
mod privacy;
pub mod sample;
pub mod serve;
pub mod system;
pub mod telemetry;
pub mod webhook_sender;
pub mod worker;
