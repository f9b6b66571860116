//! The rules of credentials: what one is, who gets its data, which key protects it.

pub mod credential;
pub mod field;
pub mod key_source;
pub mod parcel;
pub mod release;
pub mod rewrap;
pub mod secret_data;
pub mod unseal;
pub mod vault;
