//! The database under measurement, and what is read from it beside the running server.

use std::path::Path;

use sqlx::{AnyConnection, AssertSqlSafe, Connection};

use crate::Failure;

/// Which database the server uses, and which process does its work.
#[derive(Clone, Debug)]
pub(crate) struct Engine {
    /// For the tables that are printed.
    pub(crate) name: String,
    /// The address.
    pub(crate) url: String,
    /// The address that the server under measurement is given: that of a proxy if PostgreSQL is to be further away.
    pub(crate) server_url: String,
    /// Main process of PostgreSQL, whose CPU time counts too.
    pub(crate) process: Option<u32>,
}

impl Engine {
    /// SQLite in a folder.
    pub(crate) fn sqlite(folder: &Path) -> Self {
        let url = format!("sqlite://{}", folder.join("bench.sqlite").display());
        Self { name: "SQLite".to_owned(), server_url: url.clone(), url, process: None }
    }

    /// Whether it is PostgreSQL.
    pub(crate) fn is_postgres(&self) -> bool {
        self.process.is_some()
    }

    /// A connection of our own.
    pub(crate) async fn open(&self) -> Result<AnyConnection, Failure> {
        sqlx::any::install_default_drivers();
        let mut connection = AnyConnection::connect(&self.url).await?;
        if self.is_postgres() {
            // Row-level security shows nothing otherwise.
            sqlx::query("set creatorscore.brand = '*'").execute(&mut connection).await?;
        }
        Ok(connection)
    }

    /// The number of rows in a table.
    pub(crate) async fn count(&self, table: &str) -> Result<usize, Failure> {
        let mut connection = self.open().await?;
        let count = count(&mut connection, table).await?;
        connection.close().await?;
        Ok(count)
    }

    /// The texts that a statement reads.
    pub(crate) async fn texts(&self, statement: &str) -> Result<Vec<String>, Failure> {
        let mut connection = self.open().await?;
        let texts = sqlx::query_scalar(AssertSqlSafe(statement.to_owned())).fetch_all(&mut connection).await?;
        connection.close().await?;
        Ok(texts)
    }

    /// Bytes that a table takes with its indexes.
    pub(crate) async fn table_bytes(&self, table: &str) -> Result<usize, Failure> {
        let statement = if self.is_postgres() {
            format!("select pg_total_relation_size('{table}')")
        } else {
            // Index names begin with the table's.
            format!(
                "select sum(pgsize) from dbstat where name = '{table}' or name like '{table}\\_%' escape '\\'
                     or name like 'sqlite\\_autoindex\\_{table}\\_%' escape '\\'"
            )
        };
        let mut connection = self.open().await?;
        let bytes: i64 = sqlx::query_scalar(AssertSqlSafe(statement)).fetch_one(&mut connection).await?;
        connection.close().await?;
        Ok(usize::try_from(bytes)?)
    }
}

/// As [`Engine::count`], for counting often: a new connection costs PostgreSQL a process.
pub(crate) async fn count(connection: &mut AnyConnection, table: &str) -> Result<usize, Failure> {
    let statement = AssertSqlSafe(format!("select count(*) from {table}"));
    let count: i64 = sqlx::query_scalar(statement).fetch_one(connection).await?;
    Ok(usize::try_from(count)?)
}
