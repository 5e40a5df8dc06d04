//! Accounts, the links in mails, and sessions of accounts.

use domain::{
    AccountId, BrandId, CreatorId, UnixMs,
    account::{Account, Address, MailChoices, Place},
    language::Language,
};
use sqlx::{query, query_as};
use store::{
    Result,
    access::Principal,
    accounts::{
        AccountRow, AccountStore, KnownPlace, LINKS_PER_ADDRESS_MAX, MailChoicesRow, NewSession, OpenSession,
        OpenSessionRow, PlaceRow,
    },
    outbound::NewEvents,
};

use crate::{Db, Tx, access::is_first_sign_in, database, lock, named, outbound_events};

/// The account of an address, which is new if the address has none.
pub(crate) async fn account_of(tx: &mut Tx, to: &Address, new: &AccountId, at: UnixMs) -> Result<Account> {
    let id = new.as_str();
    query!(
        "insert into accounts (id, email, email_hash, created_at) values ($1, $2, $3, $4)
         on conflict (email_hash) do nothing",
        id,
        to.email,
        to.hash,
        at.0
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    query_as!(
        AccountRow,
        r#"select id as "id!", email as "email!", email_hash as "email_hash!", language from accounts where email_hash = $1"#,
        to.hash
    )
    .fetch_one(&mut **tx)
    .await
    .map_err(database)?
    .read()
}

/// Begins a session of an account.
pub(crate) async fn begin_session(tx: &mut Tx, account: &Account, session: &NewSession) -> Result<()> {
    let (token, brand) = (&session.token[..], session.place.brand.as_str());
    let (creator, id) = (session.place.creator.as_ref().map(CreatorId::as_str), account.id.as_str());
    query!(
        "insert into sessions (token_hash, brand_id, creator_id, created_at, expires_at, account_id, browser, last_seen_at)
         values ($1, $2, $3, $4, $5, $6, $7, $4)",
        token,
        brand,
        creator,
        session.at.0,
        session.expires_at.0,
        id,
        session.browser
    )
    .execute(&mut **tx)
    .await
    .map_err(named("session"))?;
    let language = session.language.code();
    query!("update accounts set language = $2 where id = $1", id, language)
        .execute(&mut **tx)
        .await
        .map_err(database)?;
    let principal = Principal { brand: session.place.brand.clone(), creator: session.place.creator.clone() };
    if is_first_sign_in(tx, &principal, session.at).await? {
        outbound_events::emit(tx, &principal.brand, &session.activation).await?;
    }
    Ok(())
}

#[async_trait::async_trait]
impl AccountStore for Db {
    async fn put_account_link(&self, token: [u8; 32], to: &Address, now: UnixMs, expires_at: UnixMs) -> Result<bool> {
        let mut tx = self.unbound_begin().await?;
        lock(&mut tx, &format!("account link {}", to.hash)).await?;
        let token = &token[..];
        let others = query!(
            r#"select count(*) as "count!: i64" from account_links
               where email_hash = $1 and expires_at > $2 and token_hash <> $3"#,
            to.hash,
            now.0,
            token
        )
        .fetch_one(&mut *tx)
        .await
        .map_err(database)?;
        if others.count >= LINKS_PER_ADDRESS_MAX {
            return Ok(false);
        }
        query!(
            "insert into account_links (token_hash, email, email_hash, expires_at) values ($1, $2, $3, $4)
             on conflict (token_hash) do nothing",
            token,
            to.email,
            to.hash,
            expires_at.0
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        tx.commit().await.map_err(database)?;
        Ok(true)
    }

    async fn account_link(&self, token: [u8; 32], now: UnixMs) -> Result<Option<Address>> {
        let token = &token[..];
        let row = query!(
            r#"select email as "email!", email_hash as "email_hash!" from account_links
               where token_hash = $1 and used_at is null and expires_at > $2"#,
            token,
            now.0
        )
        .fetch_optional(&mut *self.unbound_read().await?)
        .await
        .map_err(database)?;
        Ok(row.map(|row| Address { email: row.email, hash: row.email_hash }))
    }

    async fn use_account_link(
        &self,
        token: [u8; 32],
        new: &AccountId,
        session: &NewSession,
    ) -> Result<Option<Account>> {
        let mut tx = self.system_begin().await?;
        let token = &token[..];
        let row = query!(
            r#"update account_links set used_at = $2 where token_hash = $1 and used_at is null and expires_at > $2
               returning email as "email!: String", email_hash as "email_hash!: String""#,
            token,
            session.at.0
        )
        .fetch_optional(&mut *tx)
        .await
        .map_err(database)?;
        let Some(row) = row else { return Ok(None) };
        let to = Address { email: row.email, hash: row.email_hash };
        let account = account_of(&mut tx, &to, new, session.at).await?;
        begin_session(&mut tx, &account, session).await?;
        tx.commit().await.map_err(database)?;
        Ok(Some(account))
    }

    async fn account_by_address(&self, hash: &str) -> Result<Option<Account>> {
        query_as!(
            AccountRow,
            r#"select id as "id!", email as "email!", email_hash as "email_hash!", language from accounts where email_hash = $1"#,
            hash
        )
        .fetch_optional(&mut *self.unbound_read().await?)
        .await
        .map_err(database)?
        .map(AccountRow::read)
        .transpose()
    }

    async fn account(&self, id: &AccountId) -> Result<Option<Account>> {
        let id = id.as_str();
        query_as!(
            AccountRow,
            r#"select id as "id!", email as "email!", email_hash as "email_hash!", language from accounts where id = $1"#,
            id
        )
        .fetch_optional(&mut *self.unbound_read().await?)
        .await
        .map_err(database)?
        .map(AccountRow::read)
        .transpose()
    }

    async fn account_of_creator(&self, brand: &BrandId, creator: &CreatorId) -> Result<Option<(Account, MailChoices)>> {
        let mut connection = self.read(brand).await?;
        let (brand, creator) = (brand.as_str(), creator.as_str());
        let row = query!(
            r#"select accounts.id as "id!", accounts.email as "email!", accounts.email_hash as "email_hash!", accounts.language,
                      mutes_answers as "mutes_answers: bool", mutes_payouts as "mutes_payouts: bool",
                      mutes_questions as "mutes_questions: bool"
               from creators join accounts on accounts.email_hash = creators.email_hash
               where creators.brand_id = $1 and creators.id = $2 and creators.erased_at is null"#,
            brand,
            creator
        )
        .fetch_optional(&mut *connection)
        .await
        .map_err(database)?;
        let Some(row) = row else { return Ok(None) };
        let choices = MailChoicesRow {
            mutes_answers: row.mutes_answers,
            mutes_payouts: row.mutes_payouts,
            mutes_questions: row.mutes_questions,
        };
        let account = AccountRow { id: row.id, email: row.email, email_hash: row.email_hash, language: row.language };
        Ok(Some((account.read()?, choices.read())))
    }

    async fn set_account_language(&self, id: &AccountId, language: Language) -> Result<()> {
        let mut connection = self.unbound_write().await?;
        let (id, language) = (id.as_str(), language.code());
        query!("update accounts set language = $2 where id = $1", id, language)
            .execute(&mut *connection)
            .await
            .map_err(database)?;
        Ok(())
    }

    async fn mail_choices(&self, id: &AccountId) -> Result<Option<MailChoices>> {
        let id = id.as_str();
        let row = query_as!(
            MailChoicesRow,
            r#"select mutes_answers as "mutes_answers: bool", mutes_payouts as "mutes_payouts: bool",
                      mutes_questions as "mutes_questions: bool"
               from accounts where id = $1"#,
            id
        )
        .fetch_optional(&mut *self.unbound_read().await?)
        .await
        .map_err(database)?;
        Ok(row.map(MailChoicesRow::read))
    }

    async fn set_mail_choices(&self, id: &AccountId, choices: MailChoices) -> Result<()> {
        let MailChoices { answers, payouts, questions } = choices;
        let (id, mutes_answers, mutes_payouts, mutes_questions) = (id.as_str(), !answers, !payouts, !questions);
        query!(
            "update accounts set mutes_answers = $2, mutes_payouts = $3, mutes_questions = $4 where id = $1",
            id,
            mutes_answers,
            mutes_payouts,
            mutes_questions
        )
        .execute(&mut *self.unbound_write().await?)
        .await
        .map_err(database)?;
        Ok(())
    }

    async fn places(&self, hash: &str) -> Result<Vec<KnownPlace>> {
        let mut connection = self.system_read().await?;
        let teams = query_as!(
            PlaceRow,
            r#"select brands.id as "brand_id!", brands.name as "brand_name!", members.role as "role?",
                      null as "creator_id?: String", null as "creator_name?: String"
               from accounts join members on members.account_id = accounts.id join brands on brands.id = members.brand_id
               where accounts.email_hash = $1 order by brands.name, brands.id"#,
            hash
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?;
        let creators = query_as!(
            PlaceRow,
            r#"select brands.id as "brand_id!", brands.name as "brand_name!", null as "role?: String",
                      creators.id as "creator_id?", creators.name as "creator_name?"
               from brands join creators on creators.brand_id = brands.id
               where creators.email_hash = $1 and creators.erased_at is null
                 and brands.id not in (select test_brand_id from test_brands)
               order by creators.activated_at is null, creators.activated_at, brands.name, brands.id, creators.id"#,
            hash
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?;
        teams.into_iter().chain(creators).map(PlaceRow::read).collect()
    }

    async fn sessions_of(&self, account: &AccountId, now: UnixMs) -> Result<Vec<OpenSession>> {
        let account = account.as_str();
        query_as!(
            OpenSessionRow,
            r#"select token_hash as "token_hash!", brand_id as "brand_id!", creator_id, account_id,
                      accounts.email as "email?", browser, sessions.created_at as "created_at!",
                      coalesce(last_seen_at, sessions.created_at) as "last_seen_at!"
               from sessions join accounts on accounts.id = sessions.account_id
               where account_id = $1 and expires_at > $2
               order by coalesce(last_seen_at, sessions.created_at) desc, token_hash"#,
            account,
            now.0
        )
        .fetch_all(&mut *self.system_read().await?)
        .await
        .map_err(database)?
        .into_iter()
        .map(OpenSessionRow::read)
        .collect()
    }

    async fn end_sessions_of(&self, account: &AccountId, except: Option<[u8; 32]>) -> Result<u64> {
        let mut tx = self.system_begin().await?;
        // No token has the empty hash.
        let (account, except) = (account.as_str(), except.as_ref().map_or(&[][..], |token| &token[..]));
        let done = query!("delete from sessions where account_id = $1 and token_hash <> $2", account, except)
            .execute(&mut *tx)
            .await
            .map_err(database)?;
        tx.commit().await.map_err(database)?;
        Ok(done.rows_affected())
    }

    async fn move_session(
        &self,
        account: &AccountId,
        token: [u8; 32],
        place: &Place,
        now: UnixMs,
        activation: &NewEvents,
    ) -> Result<bool> {
        let mut tx = self.system_begin().await?;
        let (account, token, brand) = (account.as_str(), &token[..], place.brand.as_str());
        let creator = place.creator.as_ref().map(CreatorId::as_str);
        let done = query!(
            "update sessions set brand_id = $3, creator_id = $4 where account_id = $1 and token_hash = $2",
            account,
            token,
            brand,
            creator
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        let is_moved = done.rows_affected() == 1;
        let who = Principal { brand: place.brand.clone(), creator: place.creator.clone() };
        if is_moved && is_first_sign_in(&mut tx, &who, now).await? {
            outbound_events::emit(&mut tx, &place.brand, activation).await?;
        }
        tx.commit().await.map_err(database)?;
        Ok(is_moved)
    }

    async fn touch_session(&self, token: [u8; 32], now: UnixMs) -> Result<()> {
        let mut tx = self.system_begin().await?;
        let token = &token[..];
        query!("update sessions set last_seen_at = $2 where token_hash = $1", token, now.0)
            .execute(&mut *tx)
            .await
            .map_err(database)?;
        tx.commit().await.map_err(database)
    }

    async fn delete_unused_accounts(&self, hash: Option<&str>, limit: i64) -> Result<u64> {
        let hash = hash.unwrap_or_default();
        let mut tx = self.system_begin().await?;
        let rows = query!(
            r#"select id as "id!", email_hash as "email_hash!" from accounts
               where ($2 = '' or email_hash = $2)
                 and not exists (select 1 from members where members.account_id = accounts.id)
                 and not exists (select 1 from invitations where invitations.email_hash = accounts.email_hash)
                 and not exists (select 1 from brands join creators on creators.brand_id = brands.id
                                 where creators.email_hash = accounts.email_hash and creators.erased_at is null
                                   and brands.id not in (select test_brand_id from test_brands))
               limit $1"#,
            limit,
            hash
        )
        .fetch_all(&mut *tx)
        .await
        .map_err(database)?;
        for row in &rows {
            for statement in [
                query!("delete from sessions where account_id = $1", row.id),
                query!("delete from account_links where email_hash = $1", row.email_hash),
                query!("delete from accounts where id = $1", row.id),
            ] {
                statement.execute(&mut *tx).await.map_err(database)?;
            }
        }
        tx.commit().await.map_err(database)?;
        Ok(rows.len() as u64)
    }
}
