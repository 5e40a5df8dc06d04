//! Which migrations are applied.

use sqlx::migrate::Migrator;
use store::{Result, StoreError};

/// The names of the migrations that are not among those `applied`, which are versions and checksums.
pub(crate) fn pending(migrator: &Migrator, applied: &[(i64, Vec<u8>)]) -> Result<Vec<String>> {
    let known: Vec<_> = migrator.iter().collect();
    for (version, checksum) in applied {
        let same = known.iter().any(|one| one.version == *version && *one.checksum == **checksum);
        if !same {
            let fault = format!("migration {version} was applied by another version of CreatorScore");
            return Err(StoreError::Database(fault));
        }
    }
    let is_applied = |version: i64| applied.iter().any(|(other, _)| *other == version);
    let pending = known.into_iter().filter(|one| !is_applied(one.version));
    Ok(pending.map(|one| format!("{:04}_{}", one.version, one.description.replace(' ', "_"))).collect())
}
