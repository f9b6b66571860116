//! States of a suite: kept, brought back, reset.

use actix_web::http::header::CONTENT_DISPOSITION;
use actix_web::web::Data;
use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, Utc};
use common::problem::Problem;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use service_kit::caller::Person;
use service_kit::error::ApiError;
use service_kit::json::{Json, Path, Query};
use utoipa::{IntoParams, ToSchema};

use super::InSuite;
use crate::app::App;
use crate::domain::backup;
use crate::domain::ledger::Actor;
use crate::domain::restoration::{self, Difference, Run};

/// Which backup.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct NameBackup {
    /// Name of the suite.
    suite: Option<String>,
    /// Name of the file, without a path; made up if there is none.
    backup_file: Option<String>,
}

/// A backup that was kept.
#[derive(Serialize, ToSchema)]
struct KeptBackup {
    /// Always true.
    success: bool,
    /// Its name.
    #[schema(example = "port_config_backup_20261125_184056.json")]
    backup_file: String,
    /// The same in words.
    message: String,
}

impl KeptBackup {
    fn of(name: String) -> Json<Self> {
        Json(Self {
            success: true,
            message: format!("Configuration kept as {name}"),
            backup_file: name,
        })
    }
}

/// Keeps the present state of a suite.
#[utoipa::path(tag = "backups", security(("bearer" = ["ports:write"])), params(NameBackup),
    responses((status = 200, body = KeptBackup), (status = 400, body = Problem), (status = 409, body = Problem)))]
#[post("/api/ports/backup")]
pub(super) async fn create_backup(
    app: Data<App>,
    who: Person,
    Query(query): Query<NameBackup>,
) -> Result<Json<KeptBackup>, ApiError> {
    let name = query.backup_file.as_deref();
    let kept = backup::create(&app, Actor::Person(&who), query.suite.as_deref(), name).await?;
    Ok(KeptBackup::of(kept))
}

/// Keeps a backup file that comes from elsewhere; it can be restored then.
#[utoipa::path(tag = "backups", security(("bearer" = ["ports:admin"])), params(NameBackup), request_body = Object,
    responses((status = 200, body = KeptBackup), (status = 400, body = Problem, description = "ports.bad_backup"),
        (status = 409, body = Problem)))]
#[post("/api/ports/backups")]
pub(super) async fn import_backup(
    app: Data<App>,
    who: Person,
    Query(query): Query<NameBackup>,
    Json(document): Json<Value>,
) -> Result<Json<KeptBackup>, ApiError> {
    let names = (query.suite.as_deref(), query.backup_file.as_deref());
    let kept = backup::import(&app, Actor::Person(&who), names, document).await?;
    Ok(KeptBackup::of(kept))
}

/// Which backup, and how.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Restore {
    /// Name of the suite.
    suite: Option<String>,
    /// Name of the file.
    backup_file: String,
    /// Shows what would change, and changes nothing.
    #[serde(default)]
    dry_run: bool,
}

/// What was changed, or would be.
#[derive(Serialize, ToSchema)]
struct Restored {
    /// Always true.
    success: bool,
    /// The same in words.
    message: String,
    /// Ports that change.
    changes: Vec<ChangeView>,
    /// Ports that become reserved.
    reserved: Vec<u16>,
    /// Ports that are reserved no more.
    unreserved: Vec<u16>,
    /// Backup of the state before; restoring it undoes this.
    #[serde(skip_serializing_if = "Option::is_none")]
    automatic_backup: Option<String>,
}

/// A port that changes.
#[derive(Serialize, ToSchema)]
struct ChangeView {
    /// The service.
    service_id: String,
    /// Port before.
    old_port: Option<u16>,
    /// Port after.
    new_port: Option<u16>,
}

impl Restored {
    fn of(difference: Difference, what: &str) -> Json<Self> {
        let count = difference.ports.len();
        let message = match &difference.backup {
            Some(_) => format!("{what}, {count} ports changed"),
            None => format!("{what} would change {count} ports; nothing was changed"),
        };
        let changes = difference.ports.into_iter().map(|change| ChangeView {
            service_id: change.service,
            old_port: change.old_port,
            new_port: change.new_port,
        });
        Json(Self {
            success: true,
            message,
            changes: changes.collect(),
            reserved: difference.reserved,
            unreserved: difference.unreserved,
            automatic_backup: difference.backup,
        })
    }
}

/// Brings a state back.
#[utoipa::path(tag = "backups", security(("bearer" = ["ports:admin"])), params(Restore),
    responses((status = 200, body = Restored), (status = 404, body = Problem),
        (status = 400, body = Problem, description = "ports.bad_backup: nothing has changed")))]
#[post("/api/ports/restore")]
pub(super) async fn restore_backup(
    app: Data<App>,
    who: Person,
    Query(query): Query<Restore>,
) -> Result<Json<Restored>, ApiError> {
    let run = if query.dry_run { Run::Dry } else { Run::Real };
    let names = (query.suite.as_deref(), query.backup_file.as_str());
    let difference = restoration::restore(&app, Actor::Person(&who), names, run).await?;
    Ok(Restored::of(
        difference,
        &format!("Configuration restored from {}", query.backup_file),
    ))
}

/// How to reset.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Reset {
    /// Name of the suite.
    suite: Option<String>,
    /// Shows what would change, and changes nothing.
    #[serde(default)]
    dry_run: bool,
}

/// Gives each service of a suite its default port.
#[utoipa::path(tag = "backups", security(("bearer" = ["ports:admin"])), params(Reset),
    responses((status = 200, body = Restored), (status = 404, body = Problem)))]
#[post("/api/ports/reset")]
pub(super) async fn reset_ports(
    app: Data<App>,
    who: Person,
    Query(query): Query<Reset>,
) -> Result<Json<Restored>, ApiError> {
    let run = if query.dry_run { Run::Dry } else { Run::Real };
    let difference =
        restoration::reset(&app, Actor::Person(&who), query.suite.as_deref(), run).await?;
    Ok(Restored::of(difference, "Reset to default ports"))
}

/// Backups of a suite.
#[derive(Serialize, ToSchema)]
struct Backups {
    /// Always true.
    success: bool,
    /// Each of them, newest first.
    backups: Vec<BackupView>,
}

/// A backup.
#[derive(Serialize, ToSchema)]
struct BackupView {
    /// Its name.
    backup_file: String,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// Who made it.
    created_by: String,
    /// Whether it was made before a restore or reset.
    automatic: bool,
    /// Number of the last event that it holds.
    revision: i64,
    /// SHA-256 of the document, lower-case hex.
    sha256: String,
}

/// Lists backups, newest first.
#[utoipa::path(tag = "backups", security(("bearer" = ["ports:read"])), params(InSuite),
    responses((status = 200, body = Backups), (status = 404, body = Problem)))]
#[get("/api/ports/backups")]
pub(super) async fn list_backups(
    app: Data<App>,
    Query(query): Query<InSuite>,
) -> Result<Json<Backups>, ApiError> {
    let backups = backup::list(&app, query.suite.as_deref()).await?;
    let backups = backups.into_iter().map(|backup| BackupView {
        sha256: hex(&backup.sha256),
        backup_file: backup.name,
        created_at: backup.created_at,
        created_by: backup.created_by,
        automatic: backup.automatic,
        revision: backup.revision,
    });
    Ok(Json(Backups {
        success: true,
        backups: backups.collect(),
    }))
}

/// Sends a backup as a file.
#[utoipa::path(tag = "backups", security(("bearer" = ["ports:read"])),
    params(("backup_file" = String, Path, description = "Name"), InSuite),
    responses((status = 200, body = Object), (status = 404, body = Problem)))]
#[get("/api/ports/backups/{backup_file}")]
pub(super) async fn get_backup(
    app: Data<App>,
    Path(name): Path<String>,
    Query(query): Query<InSuite>,
) -> Result<HttpResponse, ApiError> {
    let (document, backup) = backup::get(&app, query.suite.as_deref(), &name).await?;
    Ok(HttpResponse::Ok()
        .insert_header((
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"{}\"", backup.name),
        ))
        .insert_header(("X-Checksum-SHA256", hex(&backup.sha256)))
        .json(document))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
