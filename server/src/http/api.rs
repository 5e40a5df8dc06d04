//! What all endpoints of the unified API share: keys, limits and versions (`gate`), errors (`fault`), lists (`list`),
//! request fields (`field`), writes that happen once (`call`), what every object has (`object`), and objects shown whole
//! within others (`expand`).

pub(crate) mod call;
pub(crate) mod details;
pub(crate) mod expand;
pub(crate) mod fault;
pub(crate) mod field;
pub(crate) mod gate;
pub(crate) mod list;
pub(crate) mod object;
pub(crate) mod once;
