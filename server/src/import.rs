//! `creatorscore import`: creators from another tool's file.

use std::{collections::BTreeMap, path::PathBuf};

use clap::Args;
use domain::{
    BrandId,
    import::{Column, FILE_BYTES_MAX, Field, Source},
    metadata::Details,
};
use flow::{
    Flow,
    access::{Merchant, Operator},
    api::write::CommonFields,
    import::{Answer, Import, ImportCounts, ImportFile, ImportStatus, Preview, Reading},
};
use serde_json::{Value, json};

use crate::serve::Failure;

/// What to import.
#[derive(Args, Debug)]
pub(crate) struct ImportOptions {
    /// The brand's id
    #[arg(long)]
    brand: BrandId,
    /// Path of the file
    #[arg(long)]
    file: PathBuf,
    /// The tool that wrote it: uppromote, refersion, goaffpro, rewardful, dub, `social_snowball`, `shopify_collabs` or
    /// generic. Found out by its columns if absent
    #[arg(long, value_parser = source)]
    source: Option<Source>,
    /// What a column holds, such as `--map "Their column=email"`; `ignore` leaves it out
    #[arg(long = "map", value_parser = mapped)]
    mapping: Vec<(String, Field)>,
    /// Only say what would happen
    #[arg(long)]
    dry_run: bool,
}

fn source(name: &str) -> Result<Source, String> {
    let known = || Source::ALL.iter().map(|source| source.as_str()).collect::<Vec<_>>().join(", ");
    Source::parse(name).ok_or_else(|| format!("must be one of {}", known()))
}

fn mapped(text: &str) -> Result<(String, Field), String> {
    let (column, name) = text.rsplit_once('=').ok_or("must be column=field")?;
    let field = Field::parse(name.trim()).ok_or_else(|| format!("the field must be one of {}", Field::names()))?;
    Ok((column.to_owned(), field))
}

/// Runs the command. Returns its result as JSON and as text.
pub(crate) async fn run(flow: &Flow, operator: Operator, options: ImportOptions) -> Result<(Value, String), Failure> {
    let ImportOptions { brand, file, source, mapping, dry_run } = options;
    let merchant = flow.access().merchant_by_operator(operator, &brand).await?;
    let shown = file.display().to_string();
    let size = std::fs::metadata(&file).map_err(|error| format!("{shown}: {error}"))?.len();
    if size > FILE_BYTES_MAX as u64 {
        return Err(format!("{shown}: the file may have at most {FILE_BYTES_MAX} bytes").into());
    }
    let bytes = std::fs::read(&file).map_err(|error| format!("{shown}: {error}"))?;
    let reading = Reading { source, mapping: mapping.into_iter().collect::<BTreeMap<_, _>>() };
    let file = flow.imports().read(&merchant, bytes, reading).await?;
    if dry_run {
        return Ok(previewed(&flow.imports().preview(&merchant, &file).await?));
    }
    imported(flow, &merchant, file).await
}

fn previewed(preview: &Preview) -> (Value, String) {
    let rows: Vec<Value> = preview
        .rows
        .iter()
        .map(|row| {
            json!({ "row": row.number, "outcome": row.outcome.as_str(), "creator": row.creator,
                    "name": row.named.as_ref().map(|(name, _)| name), "changes": row.changes, "errors": row.faults })
        })
        .collect();
    let wrong = preview.rows.iter().filter(|row| !row.faults.is_empty());
    let wrong = wrong.map(|row| format!("row {}: {}", row.number, row.faults.join("; ")));
    let lines = unread(&preview.columns.columns).chain(wrong);
    let text = core::iter::once(format!("Would be: {}", counted(preview.counts))).chain(lines);
    let answer = json!({
        "dry_run": true, "source": preview.columns.source.as_str(), "rows_total": preview.rows_total,
        "rows_created": preview.counts.created, "rows_updated": preview.counts.updated,
        "rows_unchanged": preview.counts.unchanged, "rows_failed": preview.counts.failed, "rows": rows,
    });
    (answer, text.collect::<Vec<_>>().join("\n"))
}

/// Stores the import and does its rows here: a server need not run.
async fn imported(flow: &Flow, merchant: &Merchant, file: ImportFile) -> Result<(Value, String), Failure> {
    let no_answer = |_: &Import, _: &Details| Some(Answer { status: 201, body: String::new() });
    let kept = CommonFields::default();
    let (id, _) = flow.imports().create(merchant, None, file, &kept, &no_answer).await?;
    let import = loop {
        let import = flow.imports().advance(merchant, &id).await?;
        if !matches!(import.status, ImportStatus::Queued | ImportStatus::Running) {
            break import;
        }
        eprint!("\r{} of {} rows", import.counts.total(), import.rows_total);
    };
    eprintln!();
    let answer = json!({
        "id": import.id, "status": import.status.as_str(), "source": import.source.as_str(),
        "rows_total": import.rows_total, "rows_done": import.counts.total(), "rows_created": import.counts.created,
        "rows_updated": import.counts.updated, "rows_unchanged": import.counts.unchanged, "rows_failed": import.counts.failed,
    });
    if import.status == ImportStatus::Failed {
        return Err(format!("import {} was given up: {}", import.id, counted(import.counts)).into());
    }
    let first = format!("Import {}: {}", import.id, counted(import.counts));
    let wrong = (import.counts.failed > 0).then(|| {
        let errors = format!("/api/v1/imports/{}/errors.csv", import.id);
        format!("{errors} has the rows that failed; --dry-run says what is wrong with the first of them")
    });
    let lines = core::iter::once(first).chain(unread(&import.columns)).chain(wrong);
    Ok((answer, lines.collect::<Vec<_>>().join("\n")))
}

fn counted(counts: ImportCounts) -> String {
    let ImportCounts { created, updated, unchanged, failed } = counts;
    format!("{created} created, {updated} updated, {unchanged} unchanged, {failed} failed.")
}

/// The columns of which nothing is read.
fn unread(columns: &[Column]) -> impl Iterator<Item = String> + '_ {
    columns.iter().filter(|column| column.field.is_none()).map(|column| match column.suggestion {
        Some(field) => {
            format!("Not read: {0:?}; if it holds {1}: --map \"{2}={1}\"", column.header, field.as_str(), column.header)
        }
        None => format!("Not read: {:?}", column.header),
    })
}
