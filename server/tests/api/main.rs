//! The server's endpoints as clients see them, on both database engines. Modules mirror the URL tree.
#![expect(clippy::unwrap_used, reason = "these are tests")]

/// Makes each function a test on SQLite and on PostgreSQL. Each gets a [`test_server::TestServer`] on a fresh database.
macro_rules! on_both_engines {
    ($($name:ident)*) => {
        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $name() {
                    super::$name(crate::test_server::start(crate::test_server::Engine::Sqlite).await).await;
                }
            )*
        }
        mod postgres {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $name() {
                    super::$name(crate::test_server::start(crate::test_server::Engine::Postgres).await).await;
                }
            )*
        }
    };
}

/// As [`on_both_engines`], for tests that start their servers themselves.
macro_rules! beside_both_engines {
    ($($name:ident)*) => {
        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $name() {
                    super::$name(crate::test_server::Engine::Sqlite).await;
                }
            )*
        }
        mod postgres {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $name() {
                    super::$name(crate::test_server::Engine::Postgres).await;
                }
            )*
        }
    };
}

mod access;
mod accounts;
mod actions;
mod bodies;
mod brand_pages;
mod budgets;
mod catalogue;
mod command_line;
mod commissions;
mod creator_pages;
mod creator_view;
mod customers;
#[path = "../../../crates/store-postgres/tests/database/mod.rs"]
mod database;
mod docs;
mod doctor;
mod event_stream;
mod export;
mod forms;
mod health;
mod hidden_revenue;
mod hosts;
mod imports;
mod install;
mod interrupted_jobs;
mod klaviyo;
mod languages;
mod mcp;
mod milestones;
mod money_api;
mod money_pages;
mod named_ids;
mod openapi;
mod order_histories;
mod order_pages;
mod orders;
mod outage;
mod outbound;
mod outgoing_webhooks;
mod overview;
mod pages;
mod policies;
mod privacy;
mod proofs;
mod sample_data;
mod self_referral;
#[path = "../../../crates/store-sqlite/tests/database/mod.rs"]
mod sqlite_database;
mod tenants;
mod test_server;
mod tiers;
mod track;
mod trust;
mod unified;
mod webhooks;
