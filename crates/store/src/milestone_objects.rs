//! Milestones, page by page, as the unified API lists them.

use domain::{BrandId, CreatorId, UnixMs};

use crate::{Result, objects::Span, row::read};

/// A milestone that a creator has reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Milestone {
    /// The creator.
    pub creator: CreatorId,
    /// Its name: `orders:10`, `revenue:USD:100000`.
    pub name: String,
    /// When it was reached.
    pub reached_at: UnixMs,
}

impl Milestone {
    /// Its place in a list, which is sorted by it.
    pub fn place(&self) -> MilestonePlace {
        let tail = self.creator.as_str().chars().skip(14).collect();
        MilestonePlace { reached_at: self.reached_at, tail, name: self.name.clone() }
    }
}

/// The place of a milestone in a list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MilestonePlace {
    /// When it was reached.
    pub reached_at: UnixMs,
    /// The end of the creator's id, 16 characters.
    pub tail: String,
    /// Its name.
    pub name: String,
}

/// Which part of a list of milestones a page is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MilestoneKeyset {
    /// The page begins after this place, in its direction.
    pub after: MilestonePlace,
    /// When they were reached.
    pub reached: Span,
    /// Whether the page is read in ascending order.
    pub is_ascending: bool,
    /// Most milestones.
    pub limit: i64,
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct MilestoneRow {
    pub creator_id: String,
    pub name: String,
    pub reached_at: i64,
}

impl MilestoneRow {
    /// Converts the row.
    pub fn read(self) -> Result<Milestone> {
        let creator = read(self.creator_id, "milestones", "creator_id")?;
        Ok(Milestone { creator, name: self.name, reached_at: UnixMs(self.reached_at) })
    }
}

/// Lists milestones.
#[async_trait::async_trait]
pub trait MilestoneObjectStore: Send + Sync {
    /// Milestones that creators have reached, of one creator if given.
    async fn milestones_page(
        &self,
        brand: &BrandId,
        keyset: &MilestoneKeyset,
        creator: Option<&CreatorId>,
    ) -> Result<Vec<Milestone>>;
}
