//! SQLite's files after an erasure, while somebody reads them. PostgreSQL has no such files: vacuum removes the rows.

use super::*;
use crate::test_server::{Engine, start};

#[tokio::test(flavor = "multi_thread")]
async fn what_a_reader_keeps_in_the_files_is_removed_later() {
    let server = start(Engine::Sqlite).await;
    install(&server).await;
    identify(&server, PV, CLIENT).await;
    let seen = json!({"event_type": "page_view", "pv_id": PV, "event_data": name()});
    server.track(&server.pixel_key, &seen.to_string()).await;
    quiet(&server).await;
    let marks = [PV.to_owned(), SURNAME.to_owned()];
    // A backup, say: its snapshot is from before the erasure.
    let mut reader = SqliteConnection::connect(&server.database).await.unwrap();
    sqlx::query("begin").execute(&mut reader).await.unwrap();
    sqlx::query("select count(*) from events").fetch_one(&mut reader).await.unwrap();

    assert_eq!(delete(&server, CLIENT).await, 200, "the person is erased all the same");
    assert_eq!(delete(&server, CLIENT).await, 404);
    assert!(!found(&server, &marks).await.is_empty(), "the reader still needs it");
    sqlx::query("rollback").execute(&mut reader).await.unwrap();
    reader.close().await.unwrap();
    server.clock.advance(60_000);
    quiet(&server).await;
    assert_eq!(found(&server, &marks).await, Vec::<String>::new());
    server.stop().await;
}
