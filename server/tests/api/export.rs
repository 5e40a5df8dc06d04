//! `creatorscore export`.

use serde_json::{Value, json};
use server::export::{Dataset, Format, export};

use crate::test_server::{PV, TestServer};

async fn events_have_the_id_that_their_sender_gave_them(server: TestServer) {
    let id = "660e8400-e29b-41d4-a716-446655440001";
    let sent = json!({"event_type": "page_view", "pv_id": PV, "event_id": id}).to_string();
    let test = json!({"event_type": "page_view", "pv_id": PV, "event_id": id, "additional_data": {"test_mode": true}});
    let bare = json!({"event_type": "page_view", "pv_id": PV}).to_string();
    for event in [sent, test.to_string(), bare] {
        assert_eq!(server.track(&server.pixel_key, &event).await.0, 200);
    }
    let mut json = Vec::new();
    export(server.flow(), &server.merchant, Dataset::Events, Format::Json, &mut json).await.unwrap();
    let rows: Vec<Value> = serde_json::from_slice(&json).unwrap();
    let mut ids: Vec<(bool, Option<&str>)> =
        rows.iter().map(|row| (row["is_test"].as_bool().unwrap(), row["event_id"].as_str())).collect();
    ids.sort_unstable();
    assert_eq!(ids, [(false, None), (false, Some(id)), (true, Some(id))]);
    let mut csv = Vec::new();
    export(server.flow(), &server.merchant, Dataset::Events, Format::Csv, &mut csv).await.unwrap();
    assert!(String::from_utf8(csv).unwrap().starts_with("id,event_id,event_type,"));
    server.stop().await;
}

on_both_engines!(events_have_the_id_that_their_sender_gave_them);
