//! `/api/v1/orders`: orders as programs read them.

pub(crate) mod attribution;
