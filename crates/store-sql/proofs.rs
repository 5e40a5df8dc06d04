//! Revenue proofs, and the keys that sign them.

use domain::{BrandId, CreatorId, ProofId, time::Period};
use sqlx::{query, query_as};
use store::{
    Result,
    audit::AuditEntry,
    proofs::{
        NewProof, Proof, ProofKey, ProofKeyRow, ProofKeyStore, ProofRow, ProofStore, PutProof, Revocation, SigningKey,
        SigningKeyRow,
    },
};

use crate::{Db, Tx, audit, creator_view, creators, database, erasure, lock};

/// The name under which keys are changed by one replica at a time.
const KEYS: &str = "proof keys";

#[async_trait::async_trait]
impl ProofKeyStore for Db {
    async fn signing_key_or_insert(&self, new: &SigningKey) -> Result<SigningKey> {
        let mut tx = self.unbound_begin().await?;
        lock(&mut tx, KEYS).await?;
        if let Some(row) = signing_key_row(&mut tx).await? {
            return row.read();
        }
        insert_key(&mut tx, new).await?;
        tx.commit().await.map_err(database)?;
        Ok(new.clone())
    }

    async fn replace_signing_key(&self, new: &SigningKey) -> Result<()> {
        let mut tx = self.unbound_begin().await?;
        lock(&mut tx, KEYS).await?;
        query!("update proof_keys set sealed_seed = null, retired_at = $1 where retired_at is null", new.created_at.0)
            .execute(&mut *tx)
            .await
            .map_err(database)?;
        insert_key(&mut tx, new).await?;
        tx.commit().await.map_err(database)
    }

    async fn proof_keys(&self) -> Result<Vec<ProofKey>> {
        query_as!(
            ProofKeyRow,
            r#"select id as "id!", public_key as "public_key!", created_at as "created_at!", retired_at
               from proof_keys order by created_at desc, id"#
        )
        .fetch_all(&mut *self.unbound_read().await?)
        .await
        .map_err(database)?
        .into_iter()
        .map(ProofKeyRow::read)
        .collect()
    }
}

async fn signing_key_row(tx: &mut Tx) -> Result<Option<SigningKeyRow>> {
    query_as!(
        SigningKeyRow,
        r#"select id as "id!", public_key as "public_key!", sealed_seed as "sealed_seed!", created_at as "created_at!"
           from proof_keys where retired_at is null and sealed_seed is not null"#
    )
    .fetch_optional(&mut **tx)
    .await
    .map_err(database)
}

async fn insert_key(tx: &mut Tx, new: &SigningKey) -> Result<()> {
    let public_key = &new.public_key[..];
    query!(
        "insert into proof_keys (id, public_key, sealed_seed, created_at) values ($1, $2, $3, $4)",
        new.id,
        public_key,
        new.sealed_seed,
        new.created_at.0
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

/// Keeps the creator's links, and so what they share, from being changed until the transaction ends.
async fn lock_links(tx: &mut Tx, brand: &BrandId, creator: &CreatorId) -> Result<()> {
    let (brand, creator) = (brand.as_str(), creator.as_str());
    statement!(query!(
        r#"select id as "id!" from links where brand_id = $1 and creator_id = $2"# FOR SHARE,
        brand,
        creator
    ))
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

/// A creator's proofs of a period that decide about another one: those that stand, then those that the brand withdrew.
async fn comparable(tx: &mut Tx, brand: &BrandId, creator: &CreatorId, period: Period) -> Result<Vec<Proof>> {
    let (brand, creator) = (brand.as_str(), creator.as_str());
    let (from, to) = (period.from.0, period.to.0);
    query_as!(
        ProofRow,
        r#"select id as "id!", creator_id as "creator_id!", from_day as "from_day!", to_day as "to_day!",
                  jws as "jws!", issued_at as "issued_at!", revoked_at, revoked_by
           from proofs
           where brand_id = $1 and creator_id = $2 and from_day = $3 and to_day = $4
             and (revoked_at is null or revoked_by = 'brand')
           order by revoked_at is not null, id desc"#,
        brand,
        creator,
        from,
        to
    )
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?
    .into_iter()
    .map(ProofRow::read)
    .collect()
}

/// How many of a creator's proofs are not withdrawn.
async fn standing_count(tx: &mut Tx, brand: &BrandId, creator: &CreatorId) -> Result<i64> {
    let (brand, creator) = (brand.as_str(), creator.as_str());
    let row = query!(
        r#"select cast(count(*) as bigint) as "standing!: i64" from proofs
           where brand_id = $1 and creator_id = $2 and revoked_at is null"#,
        brand,
        creator
    )
    .fetch_one(&mut **tx)
    .await
    .map_err(database)?;
    Ok(row.standing)
}

async fn insert(tx: &mut Tx, brand: &BrandId, proof: &Proof) -> Result<()> {
    let (brand, id, creator) = (brand.as_str(), proof.id.as_str(), proof.creator.as_str());
    let (from, to) = (proof.period.from.0, proof.period.to.0);
    query!(
        "insert into proofs (brand_id, id, creator_id, from_day, to_day, jws, issued_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        brand,
        id,
        creator,
        from,
        to,
        proof.jws,
        proof.issued_at.0
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

#[async_trait::async_trait]
impl ProofStore for Db {
    async fn put_proof(&self, brand: &BrandId, new: NewProof<'_>, entry: &AuditEntry) -> Result<PutProof> {
        let NewProof { proof, figures, states_the_same, most } = new;
        let mut tx = self.begin_for(brand).await?;
        // The statement names the creator: either it is there when they are erased, or they are gone before.
        erasure::lock_out_erasures(&mut tx, [brand]).await?;
        lock(&mut tx, &format!("proofs {}", proof.creator)).await?;
        if !creators::is_known(&mut tx, brand, &proof.creator).await? {
            return Ok(PutProof::NoCreator);
        }
        // Revenue that stopped being shared after it was read must not be published.
        lock_links(&mut tx, brand, &proof.creator).await?;
        if creator_view::shared_figures(&mut tx, brand, &proof.creator, proof.period).await? != *figures {
            return Ok(PutProof::FiguresChanged);
        }
        let others = comparable(&mut tx, brand, &proof.creator, proof.period).await?;
        // Those that stand come first: one of two equal ones may have been withdrawn.
        if let Some(same) = others.into_iter().find(states_the_same) {
            let stands = same.revoked.is_none();
            return Ok(if stands { PutProof::Standing(same) } else { PutProof::RevokedByBrand });
        }
        if standing_count(&mut tx, brand, &proof.creator).await? >= most {
            return Ok(PutProof::TooMany);
        }
        insert(&mut tx, brand, proof).await?;
        audit::write(&mut tx, brand, entry).await?;
        tx.commit().await.map_err(database)?;
        Ok(PutProof::Stored)
    }

    async fn proofs(&self, brand: &BrandId, limit: i64) -> Result<Vec<Proof>> {
        let mut connection = self.read(brand).await?;
        let brand = brand.as_str();
        query_as!(
            ProofRow,
            r#"select id as "id!", creator_id as "creator_id!", from_day as "from_day!", to_day as "to_day!",
                      jws as "jws!", issued_at as "issued_at!", revoked_at, revoked_by
               from proofs where brand_id = $1 order by id desc limit $2"#,
            brand,
            limit
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(ProofRow::read)
        .collect()
    }

    async fn proofs_of(&self, brand: &BrandId, creator: &CreatorId, withdrawn_max: i64) -> Result<Vec<Proof>> {
        let mut connection = self.read(brand).await?;
        let (brand, creator) = (brand.as_str(), creator.as_str());
        query_as!(
            ProofRow,
            r#"select id as "id!", creator_id as "creator_id!", from_day as "from_day!", to_day as "to_day!",
                      jws as "jws!", issued_at as "issued_at!", revoked_at, revoked_by
               from proofs
               where brand_id = $1 and creator_id = $2
                 and (revoked_at is null
                   or id in (select id from proofs where brand_id = $1 and creator_id = $2 and revoked_at is not null
                             order by id desc limit $3))
               order by revoked_at is not null, id desc"#,
            brand,
            creator,
            withdrawn_max
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(ProofRow::read)
        .collect()
    }

    async fn proof(&self, id: &ProofId) -> Result<Option<(BrandId, Proof)>> {
        let id = id.as_str();
        let row = query!(
            r#"select brand_id as "brand_id!", id as "id!", creator_id as "creator_id!", from_day as "from_day!",
                      to_day as "to_day!", jws as "jws!", issued_at as "issued_at!", revoked_at, revoked_by
               from proofs where id = $1"#,
            id
        )
        .fetch_optional(&mut *self.system_read().await?)
        .await
        .map_err(database)?;
        let Some(row) = row else { return Ok(None) };
        let brand = store::row::read(row.brand_id, "proofs", "brand_id")?;
        let proof = ProofRow {
            id: row.id,
            creator_id: row.creator_id,
            from_day: row.from_day,
            to_day: row.to_day,
            jws: row.jws,
            issued_at: row.issued_at,
            revoked_at: row.revoked_at,
            revoked_by: row.revoked_by,
        };
        Ok(Some((brand, proof.read()?)))
    }

    async fn revoke_proof(
        &self,
        brand: &BrandId,
        id: &ProofId,
        of: Option<&CreatorId>,
        revocation: Revocation,
        entry: &AuditEntry,
    ) -> Result<bool> {
        let mut tx = self.begin_for(brand).await?;
        let (brand_id, id, of) = (brand.as_str(), id.as_str(), of.map_or("", CreatorId::as_str));
        let (at, by) = (revocation.at.0, revocation.by.as_str());
        let done = query!(
            "update proofs set revoked_at = $4, revoked_by = $5
             where brand_id = $1 and id = $2 and ($3 = '' or creator_id = $3) and revoked_at is null",
            brand_id,
            id,
            of,
            at,
            by
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        audit::write(&mut tx, brand, entry).await?;
        tx.commit().await.map_err(database)?;
        Ok(true)
    }
}
