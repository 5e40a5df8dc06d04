//! The same tools over standard input and output.

use std::process::Stdio;

use rmcp::ServiceExt;
use serde_json::json;
use tokio::process::Command;

use super::{ask, start};
use crate::test_server::Engine;

beside_both_engines! { a_program_carries_the_tools }

fn program(url: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_creatorscore"));
    command.args(["mcp", "--url", url]).env_remove("CREATORSCORE_KEY").kill_on_drop(true);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

async fn a_program_carries_the_tools(engine: Engine) {
    let server = start(engine).await;
    let mut child = program(&server.url).env("CREATORSCORE_KEY", &server.server_key).spawn().unwrap();
    let streams = (child.stdout.take().unwrap(), child.stdin.take().unwrap());
    let client = ().serve(streams).await.unwrap();
    let tools = client.list_all_tools().await.unwrap();
    assert!(tools.len() > 80, "{}", tools.len());
    let (is_error, ana) = ask(&client, "createCreator", json!({"body": {"name": "Ana", "handle": "ana"}})).await;
    assert_eq!((is_error, &ana["handle"]), (false, &json!("ana")), "{ana}");
    assert_eq!(ask(&client, "listCreators", json!({})).await.1["data"], json!([ana]));
    let (is_error, missing) = ask(&client, "getLink", json!({"id": "lnk_01hf7yat00fzzvzzzzzzzzzzzz"})).await;
    assert_eq!((is_error, &missing["code"]), (true, &json!("not_found")));
    client.cancel().await.unwrap();
    assert!(child.wait().await.unwrap().success(), "it ends with its input");

    // The key may be in a file; it is no argument.
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), format!("{}\n", server.server_key)).unwrap();
    let mut child = program(&server.url).arg("--key-file").arg(file.path()).spawn().unwrap();
    let client = ().serve((child.stdout.take().unwrap(), child.stdin.take().unwrap())).await.unwrap();
    assert!(!ask(&client, "listLinks", json!({})).await.0);
    client.cancel().await.unwrap();

    for (url, key, says) in [
        (server.url.as_str(), Some("nonsense"), "does not know this key"),
        (server.url.as_str(), None, "CREATORSCORE_KEY"),
        ("http://crm.example", Some("nonsense"), "https://"),
    ] {
        let mut command = program(url);
        key.map(|key| command.env("CREATORSCORE_KEY", key));
        let output = command.output().await.unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && error.contains(says) && output.stdout.is_empty(), "{error}");
    }
    server.stop().await;
}
