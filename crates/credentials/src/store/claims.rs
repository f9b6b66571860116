//! What the owners of other schemas let this service ask.

use common::id::CredentialId;
use common::model::credential::{ReleaseForStep, ReleaseParcel};
use sqlx::{Error, PgConnection};

/// Whether the worker holds the step at this moment, and the step names the credential.
pub async fn is_current(conn: &mut PgConnection, claim: &ReleaseForStep) -> Result<bool, Error> {
    sqlx::query_scalar!(
        r#"SELECT runs.claim_is_current($1, $2, $3, $4) AS "current!""#,
        claim.step_id.0,
        claim.epoch,
        claim.worker,
        claim.credential_id.0,
    )
    .fetch_one(conn)
    .await
}

/// The parcel of the run of a step that the worker holds at this moment.
pub async fn find_parcel(
    conn: &mut PgConnection,
    claim: &ReleaseParcel,
) -> Result<Option<i64>, Error> {
    sqlx::query_scalar!(
        "SELECT runs.parcel_of_claim($1, $2, $3)",
        claim.step_id.0,
        claim.epoch,
        claim.worker,
    )
    .fetch_one(conn)
    .await
}

/// Names of the targets that use a credential.
pub async fn list_targets(conn: &mut PgConnection, id: CredentialId) -> Result<Vec<String>, Error> {
    sqlx::query_scalar!(
        r#"SELECT name AS "name!" FROM targets.names_using_credential($1) AS name"#,
        id.0,
    )
    .fetch_all(conn)
    .await
}
