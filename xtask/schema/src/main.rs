//! `schema URL FOLDER`: applies the migrations in a folder to a database. Depends on neither adapter, whose queries
//! cannot be compiled before their schema exists.

use std::path::Path;

use sqlx::{PgPool, SqlitePool, migrate::Migrator};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, url, folder] = arguments.as_slice() else { return Err("usage: schema URL FOLDER".into()) };
    let migrations = Migrator::new(Path::new(folder)).await?;
    if url.starts_with("sqlite:") {
        migrations.run(&SqlitePool::connect(url).await?).await?;
    } else {
        migrations.run(&PgPool::connect(url).await?).await?;
    }
    Ok(())
}
