//! The code that docs/api/outgoing-webhooks.md gives to receivers, in each of its languages, on the published messages.

use std::{fs, process::Command};

use serde::Deserialize;

use super::rust_receiver::is_signed;

const PAGE: &str = include_str!("../../../../docs/api/outgoing-webhooks.md");
const VECTORS: &str = include_str!("../../../../docs/api/webhook-vectors.json");

#[derive(Deserialize)]
struct Vectors {
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    name: String,
    secret: String,
    id: String,
    timestamp: i64,
    now: i64,
    body: String,
    signature: String,
    valid: bool,
}

fn vectors() -> Vec<Vector> {
    serde_json::from_str::<Vectors>(VECTORS).unwrap().vectors
}

/// The page's block in a language.
fn block(language: &str) -> &'static str {
    let fence = format!("```{language}\n");
    let mut blocks = PAGE.split(&fence).skip(1);
    let block = blocks.next().unwrap().split("```").next().unwrap();
    assert!(blocks.next().is_none(), "one block of {language}");
    block
}

/// Runs a program beside the page's code. It prints the names of the messages that the code accepts, a line each.
fn accepted_by(interpreter: &str, code: (&str, &str), program: (&str, &str)) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [code, program, ("vectors.json", VECTORS)] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let output = Command::new(interpreter).arg(program.0).current_dir(folder.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

fn valid() -> Vec<String> {
    let valid: Vec<String> = vectors().into_iter().filter(|one| one.valid).map(|one| one.name).collect();
    assert!(valid.len() >= 5);
    valid
}

#[test]
fn the_python_code_accepts_what_is_ours_alone() {
    let program = r#"
import json
from receiver import verify
for one in json.load(open("vectors.json", encoding="utf-8"))["vectors"]:
    headers = {"webhook-id": one["id"], "webhook-timestamp": str(one["timestamp"]), "webhook-signature": one["signature"]}
    try:
        event = verify(one["secret"], headers, one["body"].encode(), one["now"])
    except ValueError:
        continue
    assert event == json.loads(one["body"])
    print(one["name"])
"#;
    assert_eq!(accepted_by("python3", ("receiver.py", block("python")), ("main.py", program)), valid());
}

#[test]
fn the_javascript_code_accepts_what_is_ours_alone() {
    let program = r#"
import { deepStrictEqual } from "node:assert";
import { readFileSync } from "node:fs";
import { verify } from "./receiver.mjs";
for (const one of JSON.parse(readFileSync("vectors.json", "utf8")).vectors) {
  const headers = { "webhook-id": one.id, "webhook-timestamp": String(one.timestamp), "webhook-signature": one.signature };
  let event;
  try {
    event = verify(one.secret, headers, one.body, one.now);
  } catch {
    continue;
  }
  deepStrictEqual(event, JSON.parse(one.body));
  console.log(one.name);
}
"#;
    assert_eq!(accepted_by("node", ("receiver.mjs", block("js")), ("main.mjs", program)), valid());
}

#[test]
fn the_rust_code_accepts_what_is_ours_alone() {
    let (_, tested) = include_str!("rust_receiver.rs").split_once('\n').unwrap();
    assert_eq!(block("rust"), tested);
    for one in vectors() {
        let Vector { secret, id, signature, .. } = &one;
        let accepted = is_signed(secret, id, &one.timestamp.to_string(), signature, one.body.as_bytes(), one.now);
        assert_eq!(accepted, one.valid, "{}", one.name);
    }
    assert!(!is_signed("whsec_AAAA", "a", "soon", "v1,AAAA", b"{}", 0));
}
