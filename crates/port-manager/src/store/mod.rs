//! SQL, one statement a function; decides nothing.

pub mod backups;
pub mod claims;
pub mod conflicts;
pub mod events;
pub mod gateways;
pub mod head;
pub mod health;
pub mod history;
pub mod leases;
pub mod moves;
pub mod observations;
pub mod outbox;
pub mod services;
pub mod suites;

use std::ops::Range;

use sqlx::postgres::types::PgRange;

use crate::domain::record;

/// Reads a port.
fn port(number: i32) -> Result<u16, sqlx::Error> {
    u16::try_from(number).map_err(|error| sqlx::Error::Decode(error.into()))
}

/// A range as the database writes it.
fn span(range: &Range<u32>) -> PgRange<i32> {
    let end = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    (end(range.start)..end(range.end)).into()
}

/// One port as a range.
fn single(port: u16) -> PgRange<i32> {
    span(&record::single(port))
}

/// Reads a range that the database wrote, which always includes its start and not its end.
fn range(span: &PgRange<i32>) -> Result<Range<u32>, sqlx::Error> {
    use std::ops::Bound::{Excluded, Included};
    let number = |end: i32| u32::try_from(end).map_err(|error| sqlx::Error::Decode(error.into()));
    match (span.start, span.end) {
        (Included(start), Excluded(end)) => Ok(number(start)?..number(end)?),
        _ => Err(sqlx::Error::Decode("a range without ends".into())),
    }
}
