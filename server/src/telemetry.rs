//! Logs and metrics.
//!
//! Logs carry ids, counts and routes. They never carry keys, tokens, e-mail addresses, bodies or query strings.

use std::sync::OnceLock;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

/// Format of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// Plain text.
    Text,
    /// One JSON object per line.
    Json,
}

/// Starts logging to standard error. `filter` is a `tracing` filter such as `info,flow=debug`.
pub fn init_logs(filter: &str, format: LogFormat) -> Result<(), String> {
    // It logs messages with all that is in them.
    let quiet = "rmcp=warn".parse().map_err(|error| format!("LOG: {error}"))?;
    let filter = EnvFilter::try_new(filter).map_err(|error| format!("LOG: {error}"))?.add_directive(quiet);
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // Fails if a subscriber is installed already, as in tests; that one is kept.
    let _ = match format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    Ok(())
}

/// Installs the Prometheus recorder, once per process, and returns the handle that renders the metrics.
pub fn init_metrics() -> Result<PrometheusHandle, String> {
    // All in one step: of two servers that start at once in a process, as in tests, one would read the other's recorder.
    static HANDLE: OnceLock<Result<PrometheusHandle, String>> = OnceLock::new();
    let install = || {
        let buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];
        let recorder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &buckets)
            .map_err(|error| error.to_string())?
            .build_recorder();
        let handle = recorder.handle();
        metrics::set_global_recorder(recorder).map_err(|error| error.to_string())?;
        Ok(handle)
    };
    HANDLE.get_or_init(install).clone()
}
