//! Milestones of the unified API, page by page. A brand has some for each creator, so sorting them is cheap.

use domain::{BrandId, CreatorId};
use sqlx::query_as;
use store::{
    Result,
    milestone_objects::{Milestone, MilestoneKeyset, MilestoneObjectStore, MilestoneRow},
};

use crate::{Db, database};

/// A statement with the comparison and the order of the page's direction.
macro_rules! milestones {
    ($connection:ident, $compare:literal, $order:literal, $($argument:expr),*) => {
        query_as!(
            MilestoneRow,
            r#"select creator_id as "creator_id!", name as "name!", reached_at as "reached_at!"
               from milestones
               where brand_id = $1 and (cast($2 as text) is null or creator_id = $2)
                 and reached_at >= $3 and reached_at <= $4
                 and (reached_at, substr(creator_id, 15), name) "# + $compare + " ($5, $6, $7) order by " + $order
                + " limit $8",
            $($argument),*
        )
        .fetch_all(&mut *$connection)
        .await
    };
}

#[async_trait::async_trait]
impl MilestoneObjectStore for Db {
    async fn milestones_page(
        &self,
        brand: &BrandId,
        keyset: &MilestoneKeyset,
        creator: Option<&CreatorId>,
    ) -> Result<Vec<Milestone>> {
        let mut connection = self.read(brand).await?;
        let (brand, creator) = (brand.as_str(), creator.map(CreatorId::as_str));
        let (reached, after) = (keyset.reached, &keyset.after);
        let rows = if keyset.is_ascending {
            milestones!(
                connection,
                ">",
                "reached_at, substr(creator_id, 15), name",
                brand,
                creator,
                reached.from.0,
                reached.until.0,
                after.reached_at.0,
                after.tail,
                after.name,
                keyset.limit
            )
        } else {
            milestones!(
                connection,
                "<",
                "reached_at desc, substr(creator_id, 15) desc, name desc",
                brand,
                creator,
                reached.from.0,
                reached.until.0,
                after.reached_at.0,
                after.tail,
                after.name,
                keyset.limit
            )
        };
        rows.map_err(database)?.into_iter().map(MilestoneRow::read).collect()
    }
}
