//! Conversion of column values to domain values. Errors name the table and column.

use domain::Currency;

use crate::{Result, StoreError};

/// Converts a stored value.
///
/// # Errors
/// [`StoreError::Corrupt`] when the value is not valid for its type.
pub fn read<T, V: TryInto<T>>(value: V, table: &'static str, column: &'static str) -> Result<T> {
    value.try_into().map_err(|_| StoreError::Corrupt { table, column })
}

/// Like [`read`], for a nullable column.
///
/// # Errors
/// [`StoreError::Corrupt`] when the value is not valid for its type.
pub fn read_opt<T, V: TryInto<T>>(value: Option<V>, table: &'static str, column: &'static str) -> Result<Option<T>> {
    value.map(|value| read(value, table, column)).transpose()
}

pub(crate) fn known<T>(value: Option<T>, table: &'static str, column: &'static str) -> Result<T> {
    value.ok_or(StoreError::Corrupt { table, column })
}

pub(crate) fn from_json<T: serde::de::DeserializeOwned>(
    text: &str,
    table: &'static str,
    column: &'static str,
) -> Result<T> {
    serde_json::from_str(text).map_err(|_| StoreError::Corrupt { table, column })
}

/// Reads the `currency` column of a table.
///
/// # Errors
/// [`StoreError::Corrupt`] when the code is unknown.
pub fn currency(code: &str, table: &'static str) -> Result<Currency> {
    known(Currency::parse(code), table, "currency")
}
