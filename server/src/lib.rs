//! The process around the flow: configuration, command line, URL map, ingest buffer, jobs, telemetry.
//!
//! No rule and no SQL is here.

pub mod cli;
pub mod config;
pub mod database;
pub mod demo;
pub mod export;
pub mod http;
pub mod ingest;
pub mod listen;
pub mod models;
pub mod serve;
pub mod system;
pub mod telemetry;
pub mod worker;
