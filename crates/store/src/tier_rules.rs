//! The rules by which a brand's creators move between tiers.

use domain::{BrandId, UnixMs, tier::TierRule};

use crate::{Result, audit::AuditEntry, jobs::NewJob, row::from_json};

/// A brand's rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TierRules {
    /// The rules, the highest tier first.
    pub rules: Vec<TierRule>,
    /// When they were last set.
    pub updated_at: UnixMs,
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct TierRulesRow {
    pub rules: String,
    pub updated_at: i64,
}

impl TierRulesRow {
    /// Converts the row.
    pub fn read(self) -> Result<TierRules> {
        let rules = from_json(&self.rules, "tier_rules", "rules")?;
        Ok(TierRules { rules, updated_at: UnixMs(self.updated_at) })
    }
}

/// Stores the rules of tiers.
#[async_trait::async_trait]
pub trait TierRuleStore: Send + Sync {
    /// A brand's rules, if it has ever set any.
    async fn tier_rules(&self, brand: &BrandId) -> Result<Option<TierRules>>;
    /// Replaces a brand's rules, and queues a job.
    async fn put_tier_rules(&self, brand: &BrandId, rules: &TierRules, audit: &AuditEntry, job: &NewJob) -> Result<()>;
}
