//! View models of the page: texts and numbers, already formatted for the brand.

use serde::{Deserialize, Serialize};

/// An API key in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyView {
    /// Its public id.
    pub id: String,
    /// Kind.
    pub kind: String,
    /// Live or test.
    pub mode: String,
    /// When it was created.
    pub created_at: String,
    /// When it was revoked.
    pub revoked_at: Option<String>,
}

/// A health check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthView {
    /// Name of the check.
    pub name: String,
    /// State as text.
    pub state: String,
    /// Whether it is healthy.
    pub is_well: bool,
}

/// A job that was given up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedJobView {
    /// Kind as it is stored.
    pub kind: String,
    /// Key as it is stored.
    pub key: String,
    /// What it was to do.
    pub what: String,
    /// The last error.
    pub error: String,
}

/// The setup page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupView {
    /// Address of the pixel, without its key.
    pub pixel_url: String,
    /// The keys.
    pub keys: Vec<KeyView>,
    /// The pixel's health.
    pub pixel: Vec<HealthView>,
    /// The shops' health.
    pub shops: Vec<HealthView>,
    /// Jobs that were given up.
    pub failed: Vec<FailedJobView>,
    /// Latest audit log entries: time, actor, action with its subject.
    pub audit: Vec<(String, String, String)>,
}
