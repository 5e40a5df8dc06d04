//! `creatorscore export`: a brand's data on standard output.

use std::io::Write;

use flow::{Flow, access::Merchant};

use crate::{http::Export, serve::Failure};

pub use crate::http::{Dataset, Format};

/// Writes all rows of one kind to `out`, a page at a time, and returns how many.
pub async fn export(
    flow: &Flow,
    merchant: &Merchant,
    what: Dataset,
    format: Format,
    out: &mut (dyn Write + Send),
) -> Result<u64, Failure> {
    let mut export = Export::new(flow.clone(), merchant.clone(), what, format);
    while let Some(bytes) = export.next().await? {
        out.write_all(&bytes)?;
    }
    out.flush()?;
    Ok(export.count())
}
