//! `creatorscore proof`: verifying revenue proofs, and what the operator does with them and their key.

use std::{fs, io::Read, path::PathBuf};

use clap::Subcommand;
use domain::{
    BrandId, ProofId,
    proof::{ProofState, ProofStatement},
};
use flow::{
    Flow,
    access::Operator,
    proof::{Jwks, verify},
};
use serde_json::{Value, json};

use super::objects::Answer;
use crate::serve::Failure;

/// Largest file that is read, in bytes.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

#[derive(Subcommand, Debug)]
pub(super) enum ProofCommand {
    /// Verify a proof (a .jws file) with the issuer's public keys. Needs no database and no network
    Verify {
        /// The proof; `-` for standard input
        file: PathBuf,
        /// The keys as the issuer shows them at /.well-known/jwks.json: a file, or the JSON itself
        #[arg(long)]
        jwks: String,
    },
    /// List a brand's proofs
    List {
        /// The brand's id
        #[arg(long)]
        brand: BrandId,
    },
    /// Withdraw a proof
    Revoke {
        /// The brand's id
        #[arg(long)]
        brand: BrandId,
        /// The proof's id (prf_…)
        #[arg(long)]
        proof: ProofId,
    },
    /// Make a new signing key. Proofs signed before stay verifiable; the old private key is deleted
    ReplaceKey,
}

/// Runs a command on the database. Returns its answer as JSON and as text.
pub(super) async fn run(flow: &Flow, operator: Operator, command: ProofCommand) -> Answer {
    match command {
        ProofCommand::Verify { file, jwks } => verify_file(&file, &jwks),
        ProofCommand::List { brand } => {
            let merchant = flow.access().merchant_by_operator(operator, &brand).await?;
            let proofs = flow.proofs().list(&merchant).await?;
            let state = |state| match state {
                ProofState::Current => "current",
                ProofState::Superseded => "superseded",
                ProofState::Revoked { .. } => "withdrawn",
            };
            let lines: Vec<String> = proofs
                .iter()
                .map(|proof| format!("{} {}: {}", proof.id, state(proof.state), summary(&proof.statement)))
                .collect();
            let rows: Vec<Value> = proofs
                .iter()
                .map(|proof| json!({ "id": proof.id, "creator": proof.creator, "state": state(proof.state), "statement": proof.statement }))
                .collect();
            let text = if lines.is_empty() { "No proof was issued.".to_owned() } else { lines.join("\n") };
            Ok((json!({ "proofs": rows }), text))
        }
        ProofCommand::Revoke { brand, proof } => {
            let merchant = flow.access().merchant_by_operator(operator, &brand).await?;
            flow.proofs().revoke(&merchant, &proof).await?;
            Ok((json!({ "id": proof, "state": "withdrawn" }), format!("Withdrew {proof}.")))
        }
        ProofCommand::ReplaceKey => {
            let id = flow.proofs().replace_key(operator).await?;
            Ok((json!({ "key": id }), format!("Proofs are signed with {id} from now on.")))
        }
    }
}

/// Verifies a file with the given keys. Returns what it states as JSON and as text.
///
/// # Errors
/// A file that cannot be read, and every reason why it is no valid proof.
pub(super) fn verify_file(file: &std::path::Path, jwks: &str) -> Result<(Value, String), Failure> {
    let is_text = jwks.trim_start().starts_with('{');
    let (keys, source) = if is_text { (jwks.to_owned(), "the given JSON") } else { (read(jwks.as_ref())?, jwks) };
    let (statement, key) = verify(&read(file)?, &Jwks::parse(&keys)?)?;
    let made_up = if statement.is_sample { "\nSAMPLE DATA: everything in it is made up." } else { "" };
    // Who issued it is what the file says of itself: anyone can sign such a file with keys of their own.
    let issuer = &statement.issuer;
    let text = format!(
        "Valid: claims to come from {issuer}; signature checked with the key {key} of {source}.\n\
         {issuer} has signed it only if that is a key which {issuer} publishes.{made_up}\n{}\nCounted: {}\n\
         Whether it was withdrawn or superseded since, only its page says: {}",
        summary(&statement),
        statement.counted,
        statement.url
    );
    Ok((json!({ "valid": true, "key": key, "statement": statement }), text))
}

fn read(file: &std::path::Path) -> Result<String, Failure> {
    let named = |error: std::io::Error| format!("{}: {error}", file.display());
    let mut text = String::new();
    let mut input: Box<dyn Read> = if file.as_os_str() == "-" {
        Box::new(std::io::stdin())
    } else {
        Box::new(fs::File::open(file).map_err(named)?)
    };
    input.by_ref().take(FILE_BYTES_MAX).read_to_string(&mut text).map_err(named)?;
    Ok(text)
}

/// A statement in one line.
fn summary(statement: &ProofStatement) -> String {
    let ProofStatement { creator, brand, period, figures, .. } = statement;
    format!(
        "{} (@{}) for {}, {} to {} ({}): {figures}.",
        creator.name, creator.handle, brand.name, period.from, period.to, period.time_zone
    )
}
